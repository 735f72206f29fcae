#include <nlohmann/json.hpp>

#include "readers.h"

namespace seedscape {

/// JSON is YAML but for its stricter grammar: nlohmann checks that (and keeps nothing), the YAML reader builds the
/// tree.
Node read_json(std::string_view text, Problems& problems) {
  try {
    const auto keep_nothing = [](int, nlohmann::json::parse_event_t, nlohmann::json&) { return false; };
    const nlohmann::json nothing = nlohmann::json::parse(text, keep_nothing);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t offset = error.byte == 0 ? 0 : error.byte - 1;
    problems.fail(
        {position_at(text, offset), "config", "is not valid JSON", "well-formed JSON", rest_of_line(text, offset)});
  }
  return read_yaml(text, {}, problems);
}

}  // namespace seedscape
