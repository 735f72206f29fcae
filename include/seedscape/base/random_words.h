#pragma once
// Many draws of a stream at once, from any place of it.

#include <cstdint>
#include <span>

#include "seedscape/base/rng.h"

namespace seedscape {

/// The draws numbered first, first + 1, ... of Rng(seed, purpose, step, row), as its bits() gives them; several blocks
/// at a time, which takes a third of the time.
void random_words(std::uint64_t seed, Purpose purpose, std::uint32_t step, std::uint32_t row, std::uint64_t first,
                  std::span<std::uint32_t> words);

}  // namespace seedscape
