#pragma once
// Token ids and their text.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace seedscape {

/// The tokens of one task: id = index into `text`.
struct Vocabulary {
  std::vector<std::string> text;
  std::int32_t begin = 0;    // '$'
  std::int32_t arrow = 0;    // '>'
  std::int32_t end = 0;      // '.'
  std::int32_t padding = 0;  // '*'

  std::int64_t size() const { return static_cast<std::int64_t>(text.size()); }

  /// Tokens as text, separated by spaces.
  std::string decode(std::span<const std::int32_t> tokens) const;
};

}  // namespace seedscape
