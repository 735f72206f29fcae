#include "host_gpu_kernels.h"

#include <cuda_runtime.h>

#include "train/cuda/team.cuh"

namespace seedscape::host_gpu_kernels {

namespace {

template <class T>
__device__ T* templated_shared() {
  __shared__ T memory[cuda::Team::lanes];
  return memory;
}

}  // namespace

__global__ void mark(float* numbers) { numbers[blockIdx.x] = 1; }

__global__ void look_at_shared(float* found) {
  __shared__ float memory[cuda::Team::lanes];
  float* const places[] = {memory, templated_shared<float>(), cuda::dynamic_shared()};
  for (int i = 0; i < 3; ++i) {
    if (threadIdx.x == 0) found[blockIdx.x * 3 + static_cast<unsigned>(i)] = places[i][7];
  }
  __syncthreads();
  for (float* const place : places) place[threadIdx.x] = 1;
}

__global__ void reverse(float* reversed, bool with_barrier) {
  float* const shared = cuda::dynamic_shared();
  shared[threadIdx.x] = static_cast<float>(threadIdx.x);
  if (with_barrier) __syncthreads();
  reversed[threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}

__global__ void reverse_in_warp(float* reversed, bool with_barrier) {
  __shared__ float shared[cuda::Team::lanes];
  shared[threadIdx.x] = static_cast<float>(threadIdx.x);
  if (with_barrier) __syncwarp();
  reversed[threadIdx.x] = shared[blockDim.x - 1 - threadIdx.x];
}

__global__ void sum_of_warp(float* sums) { sums[threadIdx.x] = cuda::Team().sum(static_cast<float>(threadIdx.x)); }

__global__ void come(int* next, float* order) { order[(*next)++] = static_cast<float>(threadIdx.x); }

__global__ void wait_without_first_warp(float* numbers) {
  const cuda::Team team;
  if (team.warp == 0) return;
  team.sync();
  numbers[threadIdx.x] = 1;
}

__global__ void wait_apart() { threadIdx.x % 2 == 0 ? __syncwarp() : __syncthreads(); }

__global__ void exchange_with_nobody() {
  if (threadIdx.x > 0) __shfl_xor_sync(~0U, 1.0F, 1);
}

__global__ void write_beyond(std::size_t bytes) { cuda::dynamic_shared()[bytes / sizeof(float)] = 0; }

}  // namespace seedscape::host_gpu_kernels
