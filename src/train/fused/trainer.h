#pragma once
// The fast trainer: S seeds in lockstep on a hand-written step.

#include <functional>
#include <memory>
#include <utility>

#include "batch_loader.h"
#include "runner.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Requires: every call comes from the thread that made the trainer (LibTorch's thread count belongs to a thread)
class FusedTrainer final : public Trainer {
 public:
  /// How the arithmetic is done.
  struct Engine {
    std::unique_ptr<Kernels> kernels;
    Precision precision{};
    torch::Device device = torch::kCPU;
    std::int64_t chunk_tokens = 0;  // that pass through the network together, at most
    std::function<std::unique_ptr<StepRunner>(FusedStep&, torch::Device)> make_runner{};  // absent = a StepRunner
  };

  FusedTrainer(const TrainerSetup& setup, Engine engine);

  std::vector<double> step() override;
  void retire(std::size_t s) override;
  std::int64_t steps_done() const override { return steps_done_; }
  Predictions predict(std::size_t s, const EvalBatch& batch) override;
  std::vector<float> weights(std::size_t s) override;
  SeedState state(std::size_t s) override;
  void restore(std::int64_t steps_done, const std::vector<SeedState>& states) override;

  /// The gradient of a batch for the present weights, [S, P], and its loss, [S].
  torch::Tensor gradient(std::int64_t step);
  const torch::Tensor& loss() const { return step_.loss(); }
  torch::Tensor& all_weights() { return step_.weights(); }  // [S, P]

 private:
  Network& predictor(std::size_t s);
  torch::Tensor logits(std::size_t s, const EvalBatch& batch);  // [rows, T, V]

  TrainerSetup setup_;
  Engine engine_;
  ParameterLayout layout_;
  FusedStep step_;
  std::unique_ptr<StepRunner> runner_;
  std::unique_ptr<BatchLoader> loader_;
  std::int64_t steps_done_;
  std::vector<bool> retired_;  // [S], of the setup's seeds

  // For predictions: a copy of one seed's weights, folded.
  torch::Tensor shown_weights_;  // [1, P]
  std::unique_ptr<Network> shown_;
  std::pair<std::size_t, std::int64_t> shown_state_{0, -1};  // seed, steps_done
  std::unique_ptr<Activations> buffers_;                     // for the rows and T that were last asked for
};

}  // namespace seedscape
