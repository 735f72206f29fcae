#pragma once
// The sections "modality" in analysis.json: how many modes the scores of a scale have, and how sure that is.

#include <optional>
#include <span>

#include "axis_draws.h"
#include "json_parts.h"

namespace seedscape {

/// The section of scale s; null without scores. Silverman's test takes time and is left out where it is not wanted.
///
/// Requires: `sorted` ascending; multiples of 1 / steps where steps is given
Json modality_json(std::span<const double> sorted, bool bounded, std::optional<std::int64_t> steps, std::size_t s,
                   bool with_silverman, AxisDraws& draws);

/// Fills in "p_adjusted" of both tests over the scales of a view.
void adjust_modality(Json& scales);

}  // namespace seedscape
