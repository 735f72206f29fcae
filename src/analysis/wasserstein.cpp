#include "seedscape/analysis/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace seedscape {

double wasserstein2(std::span<const double> a, std::span<const double> b) {
  const std::vector<std::uint64_t> once(std::max(a.size(), b.size()), 1);
  const std::span<const std::uint64_t> weights = once;
  return wasserstein2(WeightedValues{a, weights.first(a.size())}, WeightedValues{b, weights.first(b.size())});
}

double wasserstein2(const WeightedValues& a, const WeightedValues& b) {
  const std::uint64_t n = std::reduce(a.weights.begin(), a.weights.end()),
                      m = std::reduce(b.weights.begin(), b.weights.end());
  // In units of 1 / (n m) every member of a has mass m and every member of b mass n.
  std::uint64_t left_of_a = 0, left_of_b = 0;
  double sum = 0;
  for (std::size_t i = 0, j = 0;;) {
    while (left_of_a == 0 && i < a.values.size()) left_of_a = m * a.weights[i++];
    while (left_of_b == 0 && j < b.values.size()) left_of_b = n * b.weights[j++];
    if (left_of_a == 0 || left_of_b == 0) break;
    const std::uint64_t mass = std::min(left_of_a, left_of_b);
    const double gap = a.values[i - 1] - b.values[j - 1];
    sum += static_cast<double>(mass) * gap * gap;
    left_of_a -= mass;
    left_of_b -= mass;
  }
  return std::sqrt(sum / (static_cast<double>(n) * static_cast<double>(m)));
}

}  // namespace seedscape
