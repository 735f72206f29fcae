#pragma once
// The threads that work on one block of a kernel, as the kernels' bodies see them. The bodies are plain templates over
// a team: nvcc compiles them for a GPU's, the tests for one of host threads.

#include <cstdint>

#ifdef __CUDACC__
#define SEEDSCAPE_DEVICE __device__
#else
#define SEEDSCAPE_DEVICE  // the one macro: without it nvcc takes a function for the host's
#endif

namespace seedscape::cuda {

#ifdef __CUDACC__
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
#endif

/// Adds up what each warp holds, lane by lane, in a fixed tree; the sums are warp 0's.
///
/// Shapes:   shared [warps, lanes]
/// Requires: warps is a power of two; reached by all threads of the block; shared is free
template <class T, class AnyTeam>
SEEDSCAPE_DEVICE T sum_over_warps(const AnyTeam& team, T x, T* shared) {
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
