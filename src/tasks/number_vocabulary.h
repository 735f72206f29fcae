#pragma once
// What the vocabularies of all tasks begin with: words of their own, then the four marks.

#include <cstdint>
#include <string>
#include <vector>

#include "seedscape/tasks/vocabulary.h"

namespace seedscape {

/// The words, each at its place, then '$', '>', '.' and '*'.
Vocabulary marked_vocabulary(std::vector<std::string> words);

/// The same with the numbers 0 .. count-1 as words.
Vocabulary number_vocabulary(std::int64_t count);

}  // namespace seedscape
