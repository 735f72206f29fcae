#pragma once
// What analysis.json says about itself: how its numbers were made.

#include "json_parts.h"
#include "seedscape/config/config.h"

namespace seedscape {

/// The section "settings": bins, threshold, resampling, and the formula of every statistic.
Json settings_json(const AnalysisConfig& settings);

}  // namespace seedscape
