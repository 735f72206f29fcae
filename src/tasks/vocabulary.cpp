#include "seedscape/tasks/vocabulary.h"

namespace seedscape {

std::string Vocabulary::decode(std::span<const std::int32_t> tokens) const {
  std::string line;
  for (const std::int32_t token : tokens) {
    if (!line.empty()) line += ' ';
    line += text.at(static_cast<std::size_t>(token));
  }
  return line;
}

}  // namespace seedscape
