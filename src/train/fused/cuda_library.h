#pragma once
// The GPU's half of the fused trainer, in a shared object of its own: machines without a GPU never load it.

#include "kernels.h"
#include "runner.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Whose kernels run on a GPU: ours where they ran on one before and agreed with LibTorch's, all of ours, or none.
enum class KernelChoice { tried, own, aten };

class CudaLibrary {
 public:
  virtual ~CudaLibrary() = default;

  /// For tensors on `device`; others are left to LibTorch's operations.
  virtual std::unique_ptr<Kernels> make_kernels(KernelChoice choice, torch::Device device) const = 0;

  /// A runner that replays the step as one CUDA graph. Captures it, which leaves weights and moments as they are.
  virtual std::unique_ptr<StepRunner> make_runner(FusedStep& step, torch::Device device) const = 0;

  virtual Card card(torch::Device device) const = 0;

  /// A line on what it does and which of our kernels it uses.
  virtual std::string about() const = 0;
};

/// Opens libseedscape_cuda.so beside the training library (or beside the program that holds it); null where there is
/// none.
///
/// Throws: Error(resources) if there is one that cannot be loaded
const CudaLibrary* find_cuda_library();

}  // namespace seedscape
