#pragma once
// Text from outside, made safe for a terminal and a log.

#include <string>
#include <string_view>
#include <vector>

namespace seedscape {

/// `text` with control characters (C0, C1, DEL), bidirectional marks and invalid UTF-8 written as \x.., cut to 200
/// characters ("...").
std::string printable(std::string_view text);

/// The same for a message of any length: its line feeds stay.
std::string printable_lines(std::string_view text);

/// Whether `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

/// The candidate nearest to `word` by edit distance, or "" if none is near enough to be meant.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace seedscape
