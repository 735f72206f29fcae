#pragma once
// One text for one value, so that equal configs have equal hashes.

#include <string>

#include <nlohmann/json.hpp>

namespace seedscape {

/// JSON with sorted keys, no spaces and numbers in their shortest form (1 and 1.0 are both "1").
///
/// Requires: finite numbers, UTF-8 texts
std::string canonical(const nlohmann::json& value);

}  // namespace seedscape
