#pragma once
// A GPU made of fibers, so that the kernels of src/train/cuda run, as they are, where there is none.
//
// The blocks of a launch run one after another; a block's threads are fibers, which change at barriers. What hides
// mistakes on a GPU brings them to light here:
//   - between two barriers the warps, and in each warp the lanes, run one after another in an order drawn from a seed,
//     so that a missing barrier gives other numbers;
//   - static and dynamic shared memory hold NaN when a block starts;
//   - launches that CUDA would refuse are refused, with its error codes;
//   - what a GPU would hang on, or answer with anything, throws std::runtime_error.
// It has neither streams nor atomics, a grid's blocks have one dimension of threads, and it is for one thread of the
// host.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace seedscape::host_gpu {

inline constexpr unsigned kLanes = 32;               // of a warp
inline constexpr unsigned kMostThreads = 1024;       // of a block
inline constexpr unsigned kMostBlocks = 65535;       // of a grid in y and z
inline constexpr int kFreeSharedBytes = 48 * 1024;   // that a block gets unasked
inline constexpr int kMostSharedBytes = 227 * 1024;  // that it can be allowed; an H100's

/// Draws the orders of the launches to come from `seed`; 0 at first.
void draw_orders_from(std::uint64_t seed);

/// Launches so far that had nothing wrong with them.
std::int64_t launches();

// For a thread of a kernel:
void wait_for_warp();
void wait_for_block();

/// Gives x to the lane whose number differs in the bits of `lane_mask`, and gets its.
double exchange(double x, unsigned lane_mask);

}  // namespace seedscape::host_gpu
