#pragma once
// The GPU that tests run on: a real one (gpu.cpp), or the host's (gpu_on_host.cpp).

#include <memory>
#include <optional>

#include "support/torch_test.h"
#include "train/fused/cuda_library.h"

namespace seedscape {

/// Nothing where there is none, and then says so.
std::optional<torch::Device> find_test_gpu();

/// Our own kernels, for tensors on that device.
std::unique_ptr<Kernels> make_gpu_kernels(KernelChoice choice, torch::Device device);

inline std::unique_ptr<Kernels> make_own_kernels(torch::Device device) {
  return make_gpu_kernels(KernelChoice::own, device);
}

}  // namespace seedscape
