#pragma once
// Uncertainty over seeds: percentile bootstrap intervals from the project's own generator.

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

  /// Shapes: [count, n], the positions that each resample picks, ascending. Valid until the next call.
  std::span<const std::uint32_t> ascending_positions(std::size_t n);

 private:
  Rng rng_;
  std::size_t count_;
  std::vector<std::uint32_t> words_;
  std::vector<std::uint32_t> positions_;
  std::size_t positions_n_ = 0;
};

/// The central part of `statistics` that holds the share `level` of them, by quantile().
Interval percentile_interval(std::vector<double> statistics, double level);

/// Interval of the sample's mean.
///
/// Requires: `sorted` ascending and not empty
/// Edge:     constant sample -> [x, x]
Interval mean_interval(std::span<const double> sorted, Resamples& resamples, double level);

/// Interval of wasserstein2(sorted, reference), both sides resampled.
///
/// Requires: both ascending and not empty, `resamples` and `reference_resamples` distinct and of equal count
Interval wasserstein2_interval(std::span<const double> sorted, Resamples& resamples, std::span<const double> reference,
                               Resamples& reference_resamples, double level);

}  // namespace seedscape
