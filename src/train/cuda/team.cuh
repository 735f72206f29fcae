#pragma once
// The threads that work on one block of a kernel.

#include <cstdint>

#include <cuda_runtime.h>

namespace seedscape::cuda {

/// A block of warps. sum() and max() are over the lanes of a warp, each of which gets the result; they and sync_warp()
/// must be reached by all lanes of the warp, sync() by all threads of the block. Orders are fixed: same input, same
/// bits.
struct Team {
  static constexpr int lanes = 32;
  int lane = static_cast<int>(threadIdx.x) % lanes, warp = static_cast<int>(threadIdx.x) / lanes,
      warps = static_cast<int>(blockDim.x) / lanes;

  template <class T>
  __device__ T sum(T x) const {
    for (int offset = lanes / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(~0U, x, offset);
    return x;
  }
  __device__ float max(float x) const {
    for (int offset = lanes / 2; offset > 0; offset /= 2) x = fmaxf(x, __shfl_xor_sync(~0U, x, offset));
    return x;
  }
  __device__ void sync_warp() const { __syncwarp(); }
  __device__ void sync() const { __syncthreads(); }
};

/// The block's dynamic shared memory, of the bytes that its launch asked for.
#ifdef __CUDACC__
__device__ inline float* dynamic_shared() {
  extern __shared__ float shared[];
  return shared;
}
#else
float* dynamic_shared();  // where tests run the kernels on the host, they have it
#endif

/// Adds up what each warp holds, lane by lane, in a fixed tree; the sums are warp 0's.
///
/// Shapes:   shared [warps, lanes]
/// Requires: warps is a power of two; reached by all threads of the block
/// Edge:     shared is free again when a thread returns
template <class T>
__device__ T sum_over_warps(const Team& team, T x, T* shared) {
  T* const own = shared + team.warp * team.lanes + team.lane;
  *own = x;
  team.sync();
  for (int half = team.warps / 2; half > 0; half /= 2) {
    if (team.warp < half) *own += own[half * team.lanes];
    team.sync();
  }
  return *own;
}

}  // namespace seedscape::cuda
