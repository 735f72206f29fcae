#pragma once
// Two sources of scores side by side: do they come from one distribution?

#include <nlohmann/json.hpp>

#include "seedscape/analysis/analyze.h"

namespace seedscape {

/// For each axis that both tables have and each of its values that both have: n and success of both, the difference of
/// the success fractions with Newcombe's interval, and the two-sample Kolmogorov-Smirnov test.
///
/// Of every axis the view with the metric and length (-1 = none) of a.settings is taken, or the only one. Success
/// threshold and level are those of a.settings. Axes are the same if their keys are, "depth" standing for model.depth;
/// of several in `b` the one with equal `with` is preferred.
///
/// Throws: Error(usage) if there is no such view, or no such axis, or no value on any of them that both have
/// Edge:   success and its difference are null for unbounded metrics; so is whatever needs a score where a side has
/// none
nlohmann::ordered_json compare(const ScoreTable& a, const ScoreTable& b);

}  // namespace seedscape
