#include "runner.h"

namespace seedscape {

namespace {

/// Does nothing where both are one tensor. Page-locked memory is read while the host goes on.
void carry(const torch::Tensor& to, const torch::Tensor& from, bool non_blocking) {
  if (!to.is_same(from)) to.copy_(from, non_blocking);
}

}  // namespace

StepRunner::StepRunner(FusedStep& step, torch::Device device) : step_(step) {
  if (device.is_cpu()) {
    input_sets_ = {step.inputs()};
    loss_ = step.loss();
    norm_ = step.optimizer().norm;
    return;
  }
  const auto on_host = [&](const torch::Tensor& tensor) {
    return torch::zeros(tensor.sizes(), torch::TensorOptions(tensor.dtype()).pinned_memory(device.is_cuda()));
  };
  const StepInputs& there = step.inputs();
  for (int i = 0; i < 2; ++i) {
    input_sets_.push_back(
        {on_host(there.tokens), on_host(there.targets), on_host(there.loss_weight), on_host(there.rates)});
  }
  loss_ = on_host(step.loss());
  norm_ = on_host(step.optimizer().norm);
}

void StepRunner::load(const StepInputs& inputs) {
  const StepInputs& there = step_.inputs();
  carry(there.tokens, inputs.tokens, /*non_blocking=*/true);
  carry(there.targets, inputs.targets, /*non_blocking=*/true);
  carry(there.loss_weight, inputs.loss_weight, /*non_blocking=*/true);
  carry(there.rates, inputs.rates, /*non_blocking=*/true);
}

void StepRunner::run(const StepInputs& inputs) {
  load(inputs);
  launch();
  carry(loss_, step_.loss(), /*non_blocking=*/true);
  carry(norm_, step_.optimizer().norm, /*non_blocking=*/false);  // the wait
}

}  // namespace seedscape
