#pragma once
// Runs a step on its device: the batch goes there, loss and norm come back.

#include <vector>

#include "step.h"

namespace seedscape {

/// Work is ordered by the device's present stream; run() waits for it once, at its end. A GPU's step of many seeds
/// takes milliseconds, beside which one wait is nothing.
class StepRunner {
 public:
  StepRunner(FusedStep& step, torch::Device device);
  virtual ~StepRunner() = default;

  /// Host memory to write batches and rates into: on a CPU the step's own; for another device two places, so that one
  /// can be written while the other is read.
  const std::vector<StepInputs>& input_sets() const { return input_sets_; }

  /// Carries one of input_sets() to the device.
  void load(const StepInputs& inputs);

  /// One update on `inputs`, finished when it returns.
  void run(const StepInputs& inputs);

  double loss(std::size_t s) const { return loss_.const_data_ptr<double>()[s]; }
  double norm(std::size_t s) const { return norm_.const_data_ptr<double>()[s]; }

 protected:
  virtual void launch() { step_.run(); }

 private:
  FusedStep& step_;
  std::vector<StepInputs> input_sets_;
  torch::Tensor loss_, norm_;  // [S] fp64, on the host
};

}  // namespace seedscape
