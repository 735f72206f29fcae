#pragma once
// A block of a GPU's threads as threads of the host, so that the bodies of the CUDA kernels run and can be tested where
// there is no GPU. Few lanes and warps find the same mistakes as many.

#include <algorithm>
#include <barrier>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "train/cuda/team.h"

namespace seedscape::cuda {

/// What the threads of a block share.
struct HostBlock {
  HostBlock(int lane_count, int warp_count)
      : lanes(lane_count), warps(warp_count), all(lane_count * warp_count), numbers(lane_count * warp_count) {
    for (int warp = 0; warp < warps; ++warp) of_warp.push_back(std::make_unique<std::barrier<>>(lanes));
  }

  int lanes, warps;
  std::barrier<> all;
  std::vector<std::unique_ptr<std::barrier<>>> of_warp;
  std::vector<double> numbers;
};

/// One thread of it; adds up in the order that cuda::Team does.
struct HostTeam {
  HostBlock& block;
  int lane, warp, lanes, warps;

  template <class T>
  T sum(T x) const {
    return combine(x, [](T a, T b) { return a + b; });
  }
  float max(float x) const {
    return combine(x, [](float a, float b) { return std::max(a, b); });
  }
  void sync_warp() const { block.of_warp[static_cast<std::size_t>(warp)]->arrive_and_wait(); }
  void sync() const { block.all.arrive_and_wait(); }

 private:
  template <class T, class Combine>
  T combine(T x, const Combine& work) const {
    double* const numbers = block.numbers.data() + warp * lanes;
    for (int offset = lanes / 2; offset > 0; offset /= 2) {
      numbers[lane] = static_cast<double>(x);
      sync_warp();
      const T other = static_cast<T>(numbers[lane ^ offset]);
      sync_warp();
      x = work(x, other);
    }
    return x;
  }
};

/// Runs work(team) on each thread of a block. Requires: powers of two
inline void run_block(int lanes, int warps, const std::function<void(const HostTeam&)>& work) {
  HostBlock block(lanes, warps);
  std::vector<std::jthread> threads;
  for (int warp = 0; warp < warps; ++warp) {
    for (int lane = 0; lane < lanes; ++lane)
      threads.emplace_back([&block, &work, lane, warp] { work({block, lane, warp, block.lanes, block.warps}); });
  }
}

}  // namespace seedscape::cuda
