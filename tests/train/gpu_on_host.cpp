// The host's GPU as the one that tests run on: its memory is the CPU's.

#include "gpu.h"
#include "train/cuda/cuda_kernels.h"

namespace seedscape {

std::optional<torch::Device> find_test_gpu() { return torch::Device(torch::kCPU); }

std::unique_ptr<Kernels> make_gpu_kernels(KernelChoice choice, torch::Device device) {
  return std::make_unique<CudaKernels>(choice, device);
}

}  // namespace seedscape

namespace {

// LibTorch has products of bf16 with fp32 results on GPUs alone.

at::Tensor& bmm(const at::Tensor& a, const at::Tensor& b, at::ScalarType, at::Tensor& out) {
  return out.copy_(at::matmul(a.to(at::kDouble), b.to(at::kDouble)));
}

at::Tensor& baddbmm(const at::Tensor& sum, const at::Tensor& a, const at::Tensor& b, at::ScalarType,
                    const at::Scalar& beta, const at::Scalar& alpha, at::Tensor& out) {
  return out.copy_(sum.to(at::kDouble) * beta + at::matmul(a.to(at::kDouble), b.to(at::kDouble)) * alpha);
}

}  // namespace

TORCH_LIBRARY_IMPL(aten, CPU, library) {
  library.impl("bmm.dtype_out", bmm);
  library.impl("baddbmm.dtype_out", baddbmm);
}
