#pragma once
// A step as one CUDA graph: captured once, replayed for every update.

#include <ATen/cuda/CUDAGraph.h>

#include "../fused/runner.h"

namespace seedscape {

class GraphRunner final : public StepRunner {
 public:
  /// Captures the step. Weights and moments stay as they are, whatever they are.
  GraphRunner(FusedStep& step, torch::Device device);

 protected:
  void launch() override;

 private:
  void capture(FusedStep& step);

  torch::Device device_;
  at::cuda::CUDAGraph graph_;
};

}  // namespace seedscape
