#pragma once
// Uncertainty over seeds: bootstrap intervals from the project's own generator.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seedscape/analysis/distribution.h"
#include "seedscape/base/rng.h"

namespace seedscape {

/// The random draws with which one scale of one axis is resampled, kept so that all its views share them.
///
/// Draw j of resample r of a sample of n is word r n + j of Rng(seed, resampling, axis, scale), scaled to {0, ..., n-1}
/// by multiply and shift. It depends on nothing else, so a view's intervals stay the same whichever other views exist.
/// It picks a position of the ascending sample, so the order of the seeds does not matter either.
class Resamples {
 public:
  Resamples(std::uint64_t seed, std::size_t axis, std::size_t scale, std::int64_t count);

  std::size_t count() const { return count_; }

  /// Shapes: [count, n], position(word, n) for each draw. Valid until the next call.
  std::span<const std::uint32_t> words(std::size_t n);
  static std::size_t position(std::uint32_t word, std::size_t n) { return (std::uint64_t{word} * n) >> 32; }

 private:
  Rng rng_;
  std::size_t count_;
  std::vector<std::uint32_t> words_;
};

/// The central part of `statistics` that holds the share `level` of them, by quantile().
Interval percentile_interval(std::vector<double> statistics, double level);

/// The mean of each resample.
///
/// Shapes:   result [resamples.count()]
/// Requires: `sorted` ascending and not empty
/// Edge:     constant sample -> x each time
std::vector<double> resampled_means(std::span<const double> sorted, Resamples& resamples);

/// Bias-corrected and accelerated interval: quantiles of the resampled statistics, moved by z0 = Phi^-1(share of them
/// below the estimate, those equal to it by half) and by the acceleration a,
///
///   Phi(z0 + (z0 + z) / (1 - a (z0 + z))),  z = Phi^-1((1 -+ level) / 2).
///
/// Edge:   a share of 0 or 1 counts as half a resample more or less
/// Source: Efron 1987, "Better bootstrap confidence intervals"
Interval bca_interval(std::vector<double> statistics, double estimate, double acceleration, double level);

/// The acceleration of a sample's mean by the jackknife, sum d^3 / (6 (sum d^2)^(3/2)), d = deviations from the mean.
///
/// Edge: constant sample -> 0
double mean_acceleration(std::span<const double> sample);

/// Interval of wasserstein2(sorted, reference), both sides resampled.
///
/// Requires: both ascending and not empty, `resamples` and `reference_resamples` distinct and of equal count
Interval wasserstein2_interval(std::span<const double> sorted, Resamples& resamples, std::span<const double> reference,
                               Resamples& reference_resamples, double level);

/// wasserstein2 of two random halves of a sample, `count` times: how far apart samples of one distribution are.
///
/// Requires: `sorted` ascending, at least two values
std::vector<double> split_half_distances(std::span<const double> sorted, Rng rng, std::int64_t count);

}  // namespace seedscape
