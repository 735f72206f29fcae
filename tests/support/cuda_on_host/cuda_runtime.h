#pragma once
// Stands in for CUDA's header of the same name: what a thread of a kernel sees. See cuda_runtime_api.h

#include <cmath>
#include <type_traits>

#include "cuda_runtime_api.h"

// Of the thread that runs.
extern dim3 threadIdx, blockIdx, blockDim, gridDim;

using std::isfinite;

inline void __syncthreads() { seedscape::host_gpu::wait_for_block(); }
inline void __syncwarp() { seedscape::host_gpu::wait_for_warp(); }

/// Requires: all lanes take part
template <class T>
requires std::is_floating_point_v<T> T __shfl_xor_sync(unsigned, T x, int lane_mask) {
  return static_cast<T>(seedscape::host_gpu::exchange(static_cast<double>(x), static_cast<unsigned>(lane_mask)));
}
