#pragma once
// Breakthroughness and linearity of a sweep's curves beside those of curves that chance alone puts together.

#include <cstdint>
#include <span>
#include <vector>

#include "seedscape/analysis/scaling.h"
#include "seedscape/base/rng.h"

namespace seedscape {

/// A curve at one end of the ranking.
struct ExtremeCurve {
  std::size_t curve = 0;
  double value = 0;
  double p = 1;  // chance that the curve of the same rank, among as many from shuffled seeds, goes at least as far
};

/// The values of all curves, forced into [0, 100] where they are counted, and their ends.
struct ChanceOfShape {
  std::vector<double> edges{};
  std::vector<std::int64_t> observed{};       // curves in each bin
  std::vector<double> expected{};             // the same when seeds are shuffled, mean over the permutations
  std::vector<ExtremeCurve> top{}, bottom{};  // kNamedCurves each, the outermost first
};

struct ChanceOfCurves {
  ChanceOfShape breakthroughness, linearity;
};

/// Shuffles the seeds within each scale, `permutations` times: a seed means nothing across scales, so a curve then is
/// any score of each scale, and the largest of many is large by chance. Curves rank by (B or L, improvement, largest
/// rise, lower index); p = (1 + permutations that go at least as far) / (1 + permutations).
///
/// Shapes:   scores [scales][curves], scales in order; streams [scales], the draws that shuffle each of them
/// Requires: at least 3 scales and one curve
/// Edge:     fewer than kNamedCurves curves -> all of them at both ends
ChanceOfCurves chance_of_curves(std::span<const std::vector<double>> scores, std::vector<Rng> streams,
                                std::int64_t permutations, std::int64_t bins);
inline constexpr std::size_t kNamedCurves = 5;

}  // namespace seedscape
