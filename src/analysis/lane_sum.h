#pragma once
// A sum in four parts, so that an addition need not wait for the one before.

#include <array>
#include <cstddef>

namespace seedscape {

/// term(0) + ... + term(n - 1), always in the same order.
template <class Term>
double lane_sum(std::size_t n, const Term& term) {
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    sums[0] += term(i);
    sums[1] += term(i + 1);
    sums[2] += term(i + 2);
    sums[3] += term(i + 3);
  }
  for (; i < n; ++i) sums[0] += term(i);
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}

}  // namespace seedscape
