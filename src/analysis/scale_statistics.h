#pragma once
// One entry of "scales" in analysis.json: what the scores of one scale say.

#include "axis_draws.h"
#include "json_parts.h"
#include "seedscape/analysis/analyze.h"

namespace seedscape {

using Sample = std::vector<double>;  // ascending

/// What the scales of one view share.
///
/// Shapes: samples, learnt, distances, learnt_distances [scales], edges [bins + 1]
struct ViewSamples {
  std::vector<Sample> samples;
  std::vector<Sample> learnt;              // without the runs that did not learn their training task
  std::vector<double> edges;               // of the histograms
  std::optional<std::int64_t> steps;       // scores are multiples of 1 / steps
  std::vector<Interval> distances;         // of samples to the last one
  std::vector<Interval> learnt_distances;  // of learnt; empty unless some runs are known not to have learnt
  bool with_silverman = false;
  bool examined = true;  // with modality, noise floors and the like; false where the view has very many seeds
};

/// Statistics of scale s of a view.
Json scale_json(const ViewScores& view, std::size_t s, const ViewSamples& samples, AxisDraws& draws);

}  // namespace seedscape
