#pragma once
// One entry of "views" in analysis.json: its scales, and what each seed does across them.

#include "json_parts.h"
#include "seedscape/analysis/analyze.h"
#include "seedscape/analysis/bootstrap.h"

namespace seedscape {

/// Statistics of a view.
///
/// Shapes: resamples [scales of the view]
Json view_json(const ViewScores& view, const AnalysisConfig& settings, std::vector<Resamples>& resamples);

}  // namespace seedscape
