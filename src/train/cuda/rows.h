#pragma once
// Views of [S, N, C] buffers whose last dimension is contiguous.

#include <cstdint>

#include <cuda_runtime_api.h>

namespace seedscape::cuda {

template <class T>
struct Rows {
  T* data = nullptr;
  std::int64_t seed_stride = 0, row_stride = 0;

  __device__ T* row(std::int64_t s, std::int64_t n) const { return data + s * seed_stride + n * row_stride; }
};

}  // namespace seedscape::cuda
