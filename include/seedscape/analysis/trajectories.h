#pragma once
// Scores on the way: what the evaluations during training say of each seed.

#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/store/plan_file.h"
#include "seedscape/store/record.h"

namespace seedscape {

/// For each axis and scale of `analysis` the curve of each seed in the main view: its steps, its scores there, and the
/// first of these steps at which it reached the success threshold, null if at none (slow or never: nobody knows).
///
///   {"axes": [{"scales": [{"value", "seeds": [{"seed", "step": [..], "score": [..], "reached"}]}]}]}
///
/// Shapes: axes and scales as in analysis["axes"] and analysis["axes"][a]["views"][0]["scales"]
/// Edge:   no records -> null;  a score that is not finite is kept as the text of it and reaches nothing
nlohmann::ordered_json trajectories(const Plan& plan, const std::vector<SeedRecord>& curves,
                                    const nlohmann::ordered_json& analysis);

}  // namespace seedscape
