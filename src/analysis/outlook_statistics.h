#pragma once
// The sections of an axis's main view that look ahead: how many seeds a question takes, and whether the smaller scales
// foretell the largest.

#include "axis_draws.h"
#include "json_parts.h"
#include "scale_statistics.h"
#include "seedscape/analysis/analyze.h"

namespace seedscape {

/// The section "seeds_needed". `scales` and `onset` are the sections "scales" and "modality_onset", finished.
Json seeds_needed_json(const ViewScores& view, const ViewSamples& samples, const Json& scales, const Json& onset,
                       AxisDraws& draws);

/// The section "forecast"; null below 3 scales, without parameters (or positive numbers on the axis) that are largest
/// at the last scale, or where a scale has no scores.
Json forecast_json(const ViewScores& view, const ViewSamples& samples, std::span<const std::vector<double>> curves,
                   AxisDraws& draws);

}  // namespace seedscape
