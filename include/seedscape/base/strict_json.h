#pragma once
// JSON from a file that somebody else may have written.

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace seedscape {

/// Parses one JSON text (RFC 8259); unlike the library's own parse it refuses an object that has a key twice and more
/// than 32 levels. Members keep their order.
///
/// Throws: Error(corrupt)
nlohmann::ordered_json parse_strict(std::string_view text);

/// A member of an object. Throws: Error(corrupt) if `object` is none or has no such member.
const nlohmann::ordered_json& member(const nlohmann::ordered_json& object, const char* name);

/// A member that is text, an unsigned integer written as one ("3.0" and "-1" are none), or such an integer below 2^63.
///
/// Throws: Error(corrupt) if it is missing or something else
std::string text_member(const nlohmann::ordered_json& object, const char* name);
std::uint64_t unsigned_member(const nlohmann::ordered_json& object, const char* name);
std::int64_t count_member(const nlohmann::ordered_json& object, const char* name);

}  // namespace seedscape
