#pragma once
// Silverman's test: how much smoothing makes one peak of a sample's density?

#include <cstdint>
#include <optional>
#include <span>

#include "seedscape/base/rng.h"

namespace seedscape {

/// The least bandwidth with which the Gaussian kernel density of the sample has one peak, to within 1/1000 of itself.
/// The density is computed on kBandwidthGrid points, to which each value is split linearly.
///
/// Requires: `sorted` ascending and not empty
/// Edge:     constant sample -> 0; never below one step of the grid otherwise
double critical_bandwidth(std::span<const double> sorted);
inline constexpr int kBandwidthGrid = 256;

struct SilvermanTest {
  double bandwidth = 0;  // critical_bandwidth
  double p = 1;
};

/// Tests that the scores come from a distribution with one peak: `count` samples are drawn from the density at the
/// critical bandwidth h, which has one peak just so, scaled to the sample's variance s^2, and p is the share of them
/// that h does not smooth to one peak, (1 + those) / (1 + count).
///
///   y = mean + (x - mean + h e) / sqrt(1 + h^2 / s^2),  x a score, e standard normal; to the nearest multiple of 1 /
///   steps
///
/// Requires: `sorted` ascending and not empty
/// Edge:     constant sample -> p = 1
/// Source:   Silverman 1981, "Using kernel density estimates to investigate multimodality"
SilvermanTest silverman_test(std::span<const double> sorted, std::optional<std::int64_t> steps, Rng rng,
                             std::int64_t count);

}  // namespace seedscape
