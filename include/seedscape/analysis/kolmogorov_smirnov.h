#pragma once
// Whether two samples of scores may come from one distribution.

#include <span>

namespace seedscape {

struct KolmogorovSmirnov {
  double statistic = 0;  // D
  double p = 1;
  bool is_exact = true;  // else p is the limit for large samples
};

/// Two-sample Kolmogorov-Smirnov test, two-sided: the largest distance D of the empirical distribution functions and
/// the chance of one as large if both samples came from one continuous distribution.
///
/// Up to n m = kLargestExact, p counts the orders of n + m values, all equally likely, whose distance reaches D: paths
/// on a lattice from (0, 0) to (n, m) that meet |i / n - j / m| >= D. The share of the paths to (i, j) that do is 1
/// there and else follows from its two predecessors, so that only positive numbers are added. Larger samples get
/// Kolmogorov's limit, 2 sum_k (-1)^(k-1) exp(-2 k^2 D^2 n m / (n + m)).
///
/// Shapes:   a [n], b [m], both ascending; n and m may differ
/// Requires: neither is empty
/// Edge:     D is taken at the ends of ties; p takes no account of them, as in scipy.stats.ks_2samp, and so errs on the
///           large side
/// Source:   Hodges 1958, "The significance probability of the Smirnov two-sample test"
KolmogorovSmirnov kolmogorov_smirnov(std::span<const double> a, std::span<const double> b);
inline constexpr double kLargestExact = 1e8;

}  // namespace seedscape
