// Copying a list of bits, which repeat: "$ 1 0 0 1 > 1 0 0 1 .".

#include "builtin.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

Sequences draw_copy_repeat(std::int64_t count, std::int64_t length, Rng& rng) {
  const Numbers list = draw_numbers(count, length, rng);
  return {list, list};
}

}  // namespace

TaskLimits copy_repeat_limits(const TaskConfig& config) {
  return {.longest_example = 2 * config.train_length.max + 3};  // $ > .
}

std::unique_ptr<Task> make_copy_repeat(const TaskConfig& config) {
  return make_sequence_task(config, kBits, copy_repeat_limits(config), draw_copy_repeat);
}

}  // namespace seedscape
