#pragma once
// What a sample looks like (the scores of many seeds at one scale): pure functions of the numbers.

#include <cstdint>
#include <span>
#include <vector>

namespace seedscape {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Arithmetic mean, summed as deviations from the first value: exactly x for a sample that is x everywhere.
///
/// Requires: not empty
double mean(std::span<const double> sample);

/// Quantile by linear interpolation between order statistics, at index q (n - 1): NumPy's default, type 7 of Hyndman
/// and Fan 1996.
///
/// Requires: `sorted` ascending and not empty, 0 <= q <= 1
double quantile(std::span<const double> sorted, double q);

/// The quantile at 1/2: for an even number of values the mean of the middle two.
double median(std::span<const double> sorted);

/// Edges of equal bins on [0, 1]: edge i is the double nearest to i / bins.
std::vector<double> unit_edges(std::int64_t bins);

/// Edges of equal bins on [low, high], rounded as numpy.linspace rounds them; the last is exactly `high`.
///
/// Edge: low == high -> all edges equal; the last bin, closed at both ends, then holds the value
std::vector<double> edges_between(double low, double high, std::int64_t bins);

/// How many values lie in each bin: closed at the left, open at the right, the last one closed.
///
/// Shapes: edges [bins + 1] ascending; result [bins], its sum is the size of the sample
/// Edge:   a value outside the edges counts in the nearest bin
std::vector<std::int64_t> histogram(std::span<const double> sample, std::span<const double> edges);

/// Centre of the fullest bin, the lowest one on a tie.
double histogram_mode(std::span<const std::int64_t> counts, std::span<const double> edges);

/// The Gaussian kernel density estimate of a sample on kKdeGrid equally spaced points from the least to the largest
/// value (no maximum lies outside). Bandwidth: the sample deviation (n - 1) times n^(-1/5), as scipy.stats.gaussian_kde
/// has it.
///
/// Shapes:   at [kKdeGrid], density [kKdeGrid]
/// Requires: not empty
/// Edge:     constant sample -> one point with infinite density
/// Source:   Scott 1992, Multivariate Density Estimation
struct KernelDensity {
  std::vector<double> at, density;
};
KernelDensity gaussian_kde(std::span<const double> sample);
inline constexpr int kKdeGrid = 201;

/// Where gaussian_kde is largest.
///
/// Edge: densities equal to within 1e-12 -> the lowest point
double gaussian_kde_mode(std::span<const double> sample);

/// The half-sample mode: the densest half of the values (the shortest interval that holds ceil(n / 2) of them), then
/// its densest half, and so on until three values or fewer are left; of three the mean of the closer two.
///
/// Requires: `sorted` ascending and not empty
/// Edge:     several shortest intervals -> the lowest; three values at equal distances -> the middle one
/// Source:   Bickel and Fruehwirth 2006, "On a fast, robust estimator of the mode"
double half_sample_mode(std::span<const double> sorted);

/// Wilson's score interval for `count` successes in n trials.
///
/// Requires: 0 <= count <= n, n >= 1, 0 < level < 1
/// Edge:     count 0 -> low is exactly 0;  count n -> high is exactly 1
/// Source:   Wilson 1927
Interval wilson_interval(std::int64_t count, std::int64_t n, double level);

/// Newcombe's hybrid score interval for the difference of two shares, count_a / n_a - count_b / n_b: each end puts
/// together the distances of the two shares from those ends of their Wilson intervals that lie on its side.
///
///   low = p_a - p_b - sqrt((p_a - low_a)^2 + (high_b - p_b)^2),  high = p_a - p_b + sqrt((high_a - p_a)^2 + (p_b -
///   low_b)^2)
///
/// Requires: 0 <= count <= n, n >= 1 for both, 0 < level < 1
/// Source:   Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10
Interval newcombe_interval(std::int64_t count_a, std::int64_t n_a, std::int64_t count_b, std::int64_t n_b,
                           double level);

}  // namespace seedscape
