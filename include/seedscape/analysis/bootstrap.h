#pragma once
// Uncertainty over seeds: bootstrap intervals from the project's own generator.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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

  /// How often each position is drawn in each resample. The last three sizes are kept: all seeds of a scale, those that
  /// learnt their task, the successes.
  ///
  /// Shapes: [count, n]. Valid until the next call.
  /// Edge:   a byte holds them: the chance that a position is drawn 256 times or more is below 1 / 256!
  std::span<const std::uint8_t> weights(std::size_t n);

 private:
  struct Drawn {
    std::size_t n = 0;
    std::unique_ptr<std::uint8_t[]> weights;
  };

  std::uint64_t seed_;
  std::uint32_t axis_, scale_;
  std::size_t count_;
  std::array<Drawn, 3> drawn_;  // the last one asked for first
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

/// Intervals of wasserstein2(samples[s], samples.back()), both sides resampled.
///
/// Shapes:   samples, resamples, result [scales]
/// Requires: each sample ascending
/// Edge:     an empty sample, and the last one with itself -> {0, 0}
std::vector<Interval> wasserstein2_intervals(std::span<const std::vector<double>> samples,
                                             std::span<Resamples> resamples, double level);

/// wasserstein2 of two random halves of a sample, `count` times: how far apart samples of one distribution are.
///
/// Requires: `sorted` ascending, at least two values
std::vector<double> split_half_distances(std::span<const double> sorted, Rng rng, std::int64_t count);

}  // namespace seedscape
