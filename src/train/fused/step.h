#pragma once
// One training step of S seeds, hand-written, on buffers that are made once.

#include <memory>

#include "network.h"

namespace seedscape {

/// What decides the buffers of a step.
struct StepSize {
  std::int64_t S = 1, B = 0, T = 0;
  std::int64_t chunk_rows = 0;  // rows that pass through the network together; divides B
};

/// What a step reads anew each time.
struct StepInputs {
  torch::Tensor tokens, targets;  // [S, B T] int32; targets kNotCounted where the loss looks away
  torch::Tensor loss_weight;      // [S] fp64, 1 / number of counted targets
  torch::Tensor rates;            // [3] fp64, see AdamWState
};

/// The largest divisor of B whose rows hold at most `most_tokens` tokens, and at least one row: on a CPU a chunk's
/// activations should stay in the cache.
std::int64_t rows_of_chunk(std::int64_t B, std::int64_t T, std::int64_t most_tokens);

class FusedStep {
 public:
  FusedStep(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train, const StepSize& size,
            const Precision& precision, torch::Device device, Kernels& kernels);

  /// Forward, loss, backward, per-seed norm and clip, AdamW, on inputs(). Only launches work; loss() and
  /// optimizer().norm hold the outcome when the device is done.
  void run();

  /// Forward, loss and backward alone: gradient() for the present weights.
  void accumulate_gradient();

  torch::Tensor& weights() { return optimizer_.weights; }          // [S, P]
  const torch::Tensor& gradient() { return optimizer_.gradient; }  // [S, P]
  const torch::Tensor& loss() const { return loss_; }              // [S] fp64, mean over the counted targets
  AdamWState& optimizer() { return optimizer_; }
  const StepInputs& inputs() const { return inputs_; }

 private:
  struct Chunk {
    torch::Tensor tokens, targets;  // [S, N]
  };

  StepSize size_;
  Precision precision_;
  torch::Device device_;
  Kernels& kernels_;
  AdamWState optimizer_;
  StepInputs inputs_;
  torch::Tensor loss_;
  std::vector<Chunk> chunks_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Activations> activations_;
};

}  // namespace seedscape
