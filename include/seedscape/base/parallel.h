#pragma once
// Loops whose turns do not depend on each other, on all processors.

#include <algorithm>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace seedscape {

/// Calls work(begin, end) for parts that together are [0, count), side by side unless that is not worth a thread:
/// `operations` counts the elementary ones, of about a nanosecond, of all turns. The parts must not share what they
/// write.
///
/// Throws: what `work` throws, when all parts have ended
template <class Work>
void in_parts(std::size_t count, std::size_t operations, const Work& work) {
  constexpr std::size_t kWorthAThread = 1'000'000;
  const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t parts =
      std::clamp<std::size_t>(operations / kWorthAThread, 1, std::min(processors, std::max<std::size_t>(1, count)));
  std::vector<std::future<void>> others;
  for (std::size_t p = 1; p < parts; ++p) {
    others.push_back(
        std::async(std::launch::async, [&work, count, parts, p] { work(p * count / parts, (p + 1) * count / parts); }));
  }
  work(0, count / parts);
  for (auto& other : others) other.get();
}

}  // namespace seedscape
