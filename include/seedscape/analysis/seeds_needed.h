#pragma once
// How many seeds a question takes, answered from the seeds at hand.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "seedscape/analysis/dip.h"
#include "seedscape/base/rng.h"

namespace seedscape {

struct PowerCurve {
  std::vector<std::int64_t> seeds;
  std::vector<double> power;           // parallel to seeds
  std::optional<std::int64_t> needed;  // for power kPower, linear between the seeds around it; nothing if too many
};
inline constexpr double kPower = 0.8;

/// Power of the dip test (p < 0.05) with 8 to 512 seeds drawn from the sample, `count` times each. Scores without a
/// lattice are drawn between neighbours of the sample too, by its quantiles: equal scores alone would raise the dip.
/// The curve ends where the power has reached kPower.
///
/// Requires: `sorted` ascending and not empty; multiples of 1 / steps where steps is given
PowerCurve seeds_for_two_modes(std::span<const double> sorted, std::optional<std::int64_t> steps, Rng rng,
                               std::int64_t count, DipNulls& nulls);

/// Least n with which Wilson's interval around a share of successes `fraction` reaches no further than `half_width` to
/// either side of its centre.
///
/// Requires: 0 <= fraction <= 1, half_width > 0, 0 < level < 1
std::int64_t seeds_for_share(double fraction, double half_width, double level);

/// Least n from which on the mean of n seeds drawn from `a` and the mean of n drawn from `b` have the same order as the
/// samples' means in a share of kRankedRight of `count` draws (equal means: half right), up to kMostSeeds.
///
/// Requires: both not empty
/// Edge:     equal means, or more than kMostSeeds -> nothing
std::optional<std::int64_t> seeds_to_rank(std::span<const double> a, std::span<const double> b, Rng draws_a,
                                          Rng draws_b, std::int64_t count);
inline constexpr double kRankedRight = 0.9;
inline constexpr std::int64_t kMostSeeds = 512;

}  // namespace seedscape
