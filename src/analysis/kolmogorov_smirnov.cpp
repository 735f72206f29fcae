#include "seedscape/analysis/kolmogorov_smirnov.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace seedscape {

namespace {

/// n m D, the largest |i m - j n| over the numbers i and j of values up to any point of the line.
std::int64_t largest_distance(std::span<const double> a, std::span<const double> b) {
  const auto n = std::ssize(a), m = std::ssize(b);
  std::int64_t largest = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double value = std::min(a[i], b[j]);
    while (i < a.size() && a[i] == value) ++i;
    while (j < b.size() && b[j] == value) ++j;
    largest = std::max(largest, std::abs(static_cast<std::int64_t>(i) * m - static_cast<std::int64_t>(j) * n));
  }
  return largest;
}

/// Share of the lattice paths from (0, 0) to (n, m) that meet |i m - j n| >= distance.
double share_of_paths(std::int64_t n, std::int64_t m, std::int64_t distance) {
  std::vector<double> shares(static_cast<std::size_t>(m) + 1);  // of the paths to (i, j), for the current i
  for (std::int64_t i = 0; i <= n; ++i) {
    double before = 0;  // the share at (i, j - 1)
    for (std::int64_t j = 0; j <= m; ++j) {
      double& share = shares[static_cast<std::size_t>(j)];
      if (std::abs(i * m - j * n) >= distance) {
        share = 1;
      } else if (i + j > 0) {
        share = (static_cast<double>(i) * share + static_cast<double>(j) * before) / static_cast<double>(i + j);
      }
      before = share;
    }
  }
  return shares.back();
}

/// Chance that the Brownian bridge leaves [-x, x].
double kolmogorov_limit(double x) {
  if (x < 0.2) return 1;  // to within 1e-12
  double sum = 0;
  for (int k = 1; k <= 30; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2 * k * k * x * x);
  return sum;
}

}  // namespace

KolmogorovSmirnov kolmogorov_smirnov(std::span<const double> a, std::span<const double> b) {
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  const std::int64_t distance = largest_distance(a, b);
  const double statistic = static_cast<double>(distance) / (n * m);
  if (n * m <= kLargestExact) return {statistic, share_of_paths(std::ssize(a), std::ssize(b), distance), true};
  return {statistic, kolmogorov_limit(statistic * std::sqrt(n * m / (n + m))), false};
}

}  // namespace seedscape
