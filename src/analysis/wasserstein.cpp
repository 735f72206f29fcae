#include "seedscape/analysis/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace seedscape {

double wasserstein2(std::span<const double> a, std::span<const double> b) {
  // In units of 1 / (n m) every value of a has mass m and every value of b mass n.
  const std::uint64_t n = a.size(), m = b.size();
  std::uint64_t left_of_a = m, left_of_b = n;
  double sum = 0;
  for (std::size_t i = 0, j = 0; i < n;) {
    const std::uint64_t mass = std::min(left_of_a, left_of_b);
    const double gap = a[i] - b[j];
    sum += static_cast<double>(mass) * gap * gap;
    left_of_a -= mass;
    left_of_b -= mass;
    if (left_of_a == 0) {
      ++i;
      left_of_a = m;
    }
    if (left_of_b == 0) {
      ++j;
      left_of_b = n;
    }
  }
  return std::sqrt(sum / (static_cast<double>(n) * static_cast<double>(m)));
}

}  // namespace seedscape
