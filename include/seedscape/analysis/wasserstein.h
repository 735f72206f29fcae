#pragma once
// Distance between two distributions of scores.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace seedscape {

/// 2-Wasserstein distance of two samples on the line: the root mean square difference of their quantile functions,
///
///   W2(a, b) = sqrt( integral over u in (0, 1) of (F_a^-1(u) - F_b^-1(u))^2 ).
///
/// The integral is a finite sum over the merged breakpoints i/n and j/m, which are compared as the integers i m and j
/// n.
///
/// Shapes:   a [n], b [m], both ascending; n and m may differ
/// Requires: neither is empty
double wasserstein2(std::span<const double> a, std::span<const double> b);

/// The terms of that sum for samples of given sizes, which are the same whatever the values are.
class QuantilePairs {
 public:
  /// Requires: neither size is 0; their product is below 2^64
  QuantilePairs(std::size_t n, std::size_t m);

  /// wasserstein2(a, b).
  ///
  /// Shapes: a [n], b [m], both ascending
  double distance(std::span<const double> a, std::span<const double> b) const;

 private:
  struct Pair {
    std::uint32_t i, j;
    double mass;  // in units of 1 / (n m)
  };
  std::vector<Pair> pairs_;
  double total_;
};

}  // namespace seedscape
