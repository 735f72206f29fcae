#pragma once
// Launching a kernel, and a thread's place in its grid.

#include <cstddef>
#include <utility>

#include <cuda_runtime.h>

#include "launch.h"

namespace seedscape::cuda {

/// The blocks of a launch, the threads of each and the bytes of its dynamic shared memory.
struct Grid {
  dim3 blocks;
  int threads = 0;
  std::size_t shared_bytes = 0;
};

/// Blocks of `size` that cover `count`, one for each seed in y.
inline dim3 blocks(std::int64_t count, std::int64_t size, std::int64_t S) {
  return {static_cast<unsigned>((count + size - 1) / size), static_cast<unsigned>(S)};
}

/// Puts a kernel on the stream. Errors are left for cudaGetLastError.
///
/// Edge: no blocks, nothing to do: CUDA would refuse such a grid
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const Grid& grid, cudaStream_t stream, Arguments&&... arguments) {
  constexpr std::size_t kFreeSharedBytes = std::size_t{48} * 1024;  // more must be asked for
  if (grid.blocks.x == 0 || grid.blocks.y == 0 || grid.blocks.z == 0) return;
  if (grid.shared_bytes > kFreeSharedBytes)
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(grid.shared_bytes));
  cudaLaunchConfig_t config{};
  config.gridDim = grid.blocks;
  config.blockDim = static_cast<unsigned>(grid.threads);
  config.dynamicSmemBytes = grid.shared_bytes;
  config.stream = stream;
  cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...);
}

/// The number that a thread works on, of the N C numbers of a seed.
struct Element {
  std::uint32_t n, c;
};

/// This thread's number within its seed, in a grid of one dimension.
__device__ inline std::uint32_t number_of_thread() { return blockIdx.x * blockDim.x + threadIdx.x; }

/// In 32 bits, since division by C is dear in 64.
__device__ inline Element element_of_thread(const Size& size) {
  const std::uint32_t i = number_of_thread(), C = static_cast<std::uint32_t>(size.C);
  return {i / C, i % C};
}

}  // namespace seedscape::cuda
