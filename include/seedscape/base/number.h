#pragma once
// Numbers as text, the same on every machine and in every locale.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace seedscape {

/// The shortest text that reads back to exactly this number ("0.1", "1", "1e-08"); "NaN", "Infinity", "-Infinity".
std::string shortest(double value);

/// A JSON number, or the string "NaN", "Infinity" or "-Infinity" (JSON has no such numbers).
nlohmann::json json_number(double value);

/// Reads what json_number wrote. Throws: Error(corrupt) for anything else.
double number_from_json(const nlohmann::json& value);

/// Strict decimal integer: optional '-', no leading zeros, no sign on zero, nothing around it; nullopt otherwise or out
/// of range.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Strict finite decimal number as JSON writes them (also without a fraction); nullopt otherwise, also on overflow to
/// infinity or on underflow of a non-zero number to zero.
std::optional<double> parse_real(std::string_view text);

}  // namespace seedscape
