#pragma once
// The vocabulary that every task of numbers or digits begins with.

#include <cstdint>

#include "seedscape/tasks/vocabulary.h"

namespace seedscape {

/// The numbers 0 .. count-1, each its own id, then '$', '>', '.' and '*'.
Vocabulary number_vocabulary(std::int64_t count);

}  // namespace seedscape
