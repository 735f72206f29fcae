#pragma once
// Many tests at once.

#include <span>
#include <vector>

namespace seedscape {

/// Adjusted p-values that bound the expected share of false alarms among all tests that they call significant: for the
/// i-th smallest of N, the least of p_(j) N / j over j >= i, at most 1.
///
/// Shapes: p [N] in any order, result [N] parallel to it
/// Source: Benjamini and Hochberg 1995, "Controlling the false discovery rate"
std::vector<double> benjamini_hochberg(std::span<const double> p);

}  // namespace seedscape
