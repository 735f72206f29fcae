#pragma once
// The reference trainer: one seed, LibTorch autograd, made to be read. Everything faster has to agree with it.

#include <torch/torch.h>

#include "model.h"
#include "optimizer.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Requires: one seed (a larger population changes nothing); every call comes from the thread that made the trainer
/// (LibTorch's thread count belongs to a thread)
class ReferenceTrainer final : public Trainer {
 public:
  explicit ReferenceTrainer(const TrainerSetup& setup, torch::Dtype dtype = torch::kFloat32);

  std::vector<double> step() override;
  void retire(std::size_t) override { retired_ = true; }
  std::int64_t steps_done() const override { return steps_done_; }
  Predictions predict(std::size_t s, const EvalBatch& batch) override;
  std::vector<float> weights(std::size_t s) override;
  SeedState state(std::size_t s) override;
  void restore(std::int64_t steps_done, const std::vector<SeedState>& states) override;

  /// Mean cross entropy over the counted targets of a batch, for the current weights.
  torch::Tensor loss(const Batch& batch);

  /// d loss / d weights, [P].
  torch::Tensor gradient(const torch::Tensor& loss) const;

  Transformer& model() { return model_; }

 private:
  TrainerSetup setup_;
  ParameterLayout layout_;
  torch::Device device_;
  Transformer model_;
  AdamW optimizer_;
  std::int64_t steps_done_;
  bool retired_ = false;
};

/// Sets the numerics that every trainer relies on; before the first tensor.
void fix_numerics();

/// The first device that a name stands for, see train_devices. Loads the CUDA half of LibTorch if it is asked for.
///
/// Throws: as train_devices
torch::Device find_device(const std::string& name);

}  // namespace seedscape
