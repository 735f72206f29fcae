#include "seedscape/base/strict_json.h"

#include <limits>
#include <set>
#include <vector>

#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

constexpr int kDeepest = 32;

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::corrupt, what); }

}  // namespace

nlohmann::ordered_json parse_strict(std::string_view text) {
  using Event = nlohmann::ordered_json::parse_event_t;
  std::vector<std::set<std::string>> open;  // the keys so far of each object that is not closed yet
  const auto check = [&](int depth, Event event, nlohmann::ordered_json& parsed) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && depth >= kDeepest) refuse("more than " + std::to_string(kDeepest) + " levels of JSON");
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key && !open.back().insert(parsed.get<std::string>()).second) {
      refuse("the key " + printable(parsed.dump()) + " stands twice in one object");
    }
    return true;
  };
  // The library would take a NUL for the end of the text and not look at what follows.
  if (text.find('\0') != std::string_view::npos) refuse("not JSON: it holds a NUL byte");
  try {
    return nlohmann::ordered_json::parse(text, check);
  } catch (const nlohmann::json::exception& problem) {
    refuse("not JSON: " + printable(problem.what()));
  }
}

const nlohmann::ordered_json& member(const nlohmann::ordered_json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) refuse(std::string("no member \"") + name + "\"");
  return *found;
}

std::string text_member(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_string()) refuse(std::string("\"") + name + "\" is no text");
  return value.get<std::string>();
}

std::uint64_t unsigned_member(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_number_unsigned()) refuse(std::string("\"") + name + "\" is no unsigned 64-bit integer");
  return value.get<std::uint64_t>();
}

std::int64_t count_member(const nlohmann::ordered_json& object, const char* name) {
  const std::uint64_t value = unsigned_member(object, name);
  if (value > std::numeric_limits<std::int64_t>::max()) refuse(std::string("\"") + name + "\" is too large");
  return static_cast<std::int64_t>(value);
}

}  // namespace seedscape
