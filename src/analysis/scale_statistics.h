#pragma once
// One entry of "scales" in analysis.json: what the scores of one scale say.

#include "json_parts.h"
#include "seedscape/analysis/analyze.h"
#include "seedscape/analysis/bootstrap.h"

namespace seedscape {

using Sample = std::vector<double>;  // ascending

/// Statistics of scale s of a view.
///
/// Shapes: samples [scales of the view], resamples [the same], edges [bins + 1]
Json scale_json(const ViewScores& view, std::size_t s, const std::vector<Sample>& samples,
                const std::vector<double>& edges, const AnalysisConfig& settings, std::vector<Resamples>& resamples);

}  // namespace seedscape
