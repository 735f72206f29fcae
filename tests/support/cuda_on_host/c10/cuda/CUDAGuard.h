#pragma once
// Stands in for LibTorch's header of the same name. See cuda_runtime_api.h

namespace c10 {
struct Device;
}

namespace c10::cuda {

struct CUDAGuard {
  explicit CUDAGuard(const Device&) {}
};

}  // namespace c10::cuda
