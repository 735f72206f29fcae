// What the training library finds in this shared object.

#include <algorithm>

#include <c10/cuda/CUDAException.h>
#include <cuda_runtime_api.h>

#include "cuda_kernels.h"
#include "graph_runner.h"

namespace seedscape {

namespace {

class Library final : public CudaLibrary {
 public:
  std::unique_ptr<Kernels> make_kernels(KernelChoice choice, torch::Device device) const override {
    return std::make_unique<CudaKernels>(choice, device);
  }

  std::unique_ptr<StepRunner> make_runner(FusedStep& step, torch::Device device) const override {
    return std::make_unique<GraphRunner>(step, device);
  }

  Card card(torch::Device device) const override {
    cudaDeviceProp properties{};
    C10_CUDA_CHECK(cudaGetDeviceProperties(&properties, device.index()));
    return {properties.name, static_cast<std::int64_t>(properties.totalGlobalMem)};
  }

  std::string about() const override {
    const std::vector<OwnKernel>& table = CudaKernels::table();
    const auto tried = std::ranges::count_if(table, [](const OwnKernel& kernel) { return *kernel.ran != '\0'; });
    return "libseedscape_cuda.so: a step is one CUDA graph; " + std::to_string(tried) + " of " +
           std::to_string(table.size()) +
           " operations run on our kernels (those tried on a card), the rest on LibTorch's";
  }
};

}  // namespace

}  // namespace seedscape

extern "C" const seedscape::CudaLibrary* seedscape_cuda_library() {
  static const seedscape::Library library;
  return &library;
}
