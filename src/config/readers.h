#pragma once
// From bytes to a tree: the config file, its text, YAML, JSON.

#include <filesystem>
#include <string>
#include <string_view>

#include "node.h"

namespace seedscape {

/// The text of a config file.
///
/// Throws: Error(usage) if it is missing, no regular file, unreadable or larger than 1 MiB
std::string read_config_file(const std::filesystem::path& file, Problems& problems);

/// The tree of a whole config: limits on size and characters first, then YAML or JSON as the name or the first
/// character says.
Node read_config_text(std::string_view text, Problems& problems);

/// One YAML document. Refused: aliases, anchors, tags, merge keys, a second document, more than 16 levels or 10,000
/// values. A duplicate key is noted in `problems` and its second value dropped; all else ends the reading.
///
/// Requires: `text` is UTF-8 without control characters
Node read_yaml(std::string_view text, const Position& start, Problems& problems);

/// The same for JSON (RFC 8259).
Node read_json(std::string_view text, Problems& problems);

/// Line and column of a byte.
Position position_at(std::string_view text, std::size_t offset);

/// What stands at a byte, up to the end of its line, for "got ...".
std::string rest_of_line(std::string_view text, std::size_t offset);

}  // namespace seedscape
