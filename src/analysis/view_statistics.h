#pragma once
// One entry of "views" in analysis.json: its scales, and what each seed does across them.

#include "axis_draws.h"
#include "json_parts.h"
#include "seedscape/analysis/analyze.h"

namespace seedscape {

/// Statistics of a view. What takes time is left out where the view is not the axis's main one, or not of its length.
Json view_json(const ViewScores& view, const ViewScores& main, AxisDraws& draws);

}  // namespace seedscape
