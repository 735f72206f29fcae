#pragma once
// Kernels that show what the host's GPU does. They lie in the shared object of the others, where shared memory is.

#include <cuda_runtime_api.h>

namespace seedscape::host_gpu_kernels {

/// numbers[block] = 1
__global__ void mark(float* numbers);

/// Threads write, then read, a number of shared memory: of a static array, of one in a template, of the dynamic one.
/// The first thread of a block leaves what was there before.   found [blocks, 3]
__global__ void look_at_shared(float* found);

/// reversed[i] = the number that thread threads - 1 - i has put into shared memory; with or without a barrier between.
__global__ void reverse(float* reversed, bool with_barrier);

/// As reverse, within a warp.
__global__ void reverse_in_warp(float* reversed, bool with_barrier);

/// sums[i] = the sum of thread numbers over the warp of i, by exchanges.
__global__ void sum_of_warp(float* sums);

/// order[i] = the thread that came i-th to its only line.   next = 0
__global__ void come(int* next, float* order);

/// All but the first warp's lanes wait for the block, which has ended threads.
__global__ void wait_without_first_warp(float* numbers);

/// The even lanes wait for the warp, the odd ones for the block.
__global__ void wait_apart();

/// Every lane but the first, which has ended, exchanges numbers with its neighbour.
__global__ void exchange_with_nobody();

/// Writes the number after the `bytes` of dynamic shared memory.
__global__ void write_beyond(std::size_t bytes);

}  // namespace seedscape::host_gpu_kernels
