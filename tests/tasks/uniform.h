#pragma once
// Whether counts look like draws from a uniform or a binomial distribution.

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace seedscape {

/// Pearson's chi-square statistic lies below its 99.9 % quantile (Wilson and Hilferty's approximation).
inline bool looks_uniform(const std::vector<std::int64_t>& counts) {
  const double expected = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0})) /
                          static_cast<double>(counts.size());
  double statistic = 0;
  for (const std::int64_t count : counts) {
    statistic += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
  }
  const double freedom = static_cast<double>(counts.size()) - 1;
  const double root = 1 - 2 / (9 * freedom) + 3.09 * std::sqrt(2 / (9 * freedom));
  return statistic < freedom * root * root * root;
}

/// `part` of `whole` draws lies within four standard deviations of its binomial mean.
inline bool is_share(std::int64_t part, std::int64_t whole, double share) {
  const auto n = static_cast<double>(whole);
  return std::abs(static_cast<double>(part) - n * share) < 4 * std::sqrt(n * share * (1 - share));
}

}  // namespace seedscape
