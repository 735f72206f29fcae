#pragma once
// Distance between two distributions of scores.

#include <cstdint>
#include <span>

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

/// A sample as its different values, ascending, and how often each stands in it (also never).
struct WeightedValues {
  std::span<const double> values;
  std::span<const std::uint64_t> weights;
};

/// The same distance of samples in that form.
///
/// Requires: both hold something; the product of their sizes is below 2^64
double wasserstein2(const WeightedValues& a, const WeightedValues& b);

}  // namespace seedscape
