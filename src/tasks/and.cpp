// Whether all bits are one: "$ 1 1 1 > 1 ." and "$ 1 0 1 > 0 .". Bits are uniform, so that at length n an answer of 0
// without a look is right with probability 1 - 2^-n.

#include <algorithm>

#include "builtin.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

Sequences draw_and(std::int64_t count, std::int64_t length, Rng& rng) {
  const Numbers bits = draw_numbers(count, length, rng);
  return {bits, {*std::ranges::min_element(bits)}};
}

}  // namespace

TaskLimits and_limits(const TaskConfig& config) {
  return {.longest_example = config.train_length.max + 4};  // $ > answer .
}

std::unique_ptr<Task> make_and(const TaskConfig& config) {
  return make_sequence_task(config, kBits, and_limits(config), draw_and);
}

}  // namespace seedscape
