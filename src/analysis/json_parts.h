#pragma once
// Pieces that several sections of analysis.json are made of. null stands for a number that does not exist, text for one
// that is not finite.

#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

using Json = nlohmann::ordered_json;

Json number(double value);
Json numbers(const std::vector<double>& values);

/// {"value", "low", "high"}, and the same without a value.
Json estimate(double value, const Interval& interval);
Json no_estimate();

}  // namespace seedscape
