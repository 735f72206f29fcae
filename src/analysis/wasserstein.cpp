#include "seedscape/analysis/wasserstein.h"

#include <algorithm>
#include <cmath>

#include "lane_sum.h"

namespace seedscape {

QuantilePairs::QuantilePairs(std::size_t n, std::size_t m) : total_(static_cast<double>(n) * static_cast<double>(m)) {
  if (n == m) return;  // each with its own
  // In units of 1 / (n m) every member of a has mass m and every member of b mass n.
  std::uint64_t end_of_a = m, end_of_b = n, done = 0;
  for (std::uint32_t i = 0, j = 0; i < n && j < m;) {
    const std::uint64_t end = std::min(end_of_a, end_of_b);
    pairs_.push_back({i, j, static_cast<double>(end - done)});
    done = end;
    if (end == end_of_a) ++i, end_of_a += m;
    if (end == end_of_b) ++j, end_of_b += n;
  }
}

double QuantilePairs::distance(std::span<const double> a, std::span<const double> b) const {
  if (pairs_.empty()) {
    const double squares = lane_sum(a.size(), [&](std::size_t i) { return (a[i] - b[i]) * (a[i] - b[i]); });
    return std::sqrt(squares / static_cast<double>(a.size()));
  }
  double sum = 0;
  for (const Pair& pair : pairs_) {
    const double gap = a[pair.i] - b[pair.j];
    sum += pair.mass * gap * gap;
  }
  return std::sqrt(sum / total_);
}

double wasserstein2(std::span<const double> a, std::span<const double> b) {
  return QuantilePairs(a.size(), b.size()).distance(a, b);
}

}  // namespace seedscape
