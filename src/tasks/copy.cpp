// Copying a list of different numbers: "$ 4 1 7 > 4 1 7 .".

#include "builtin.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

Sequences draw_copy(std::int64_t count, std::int64_t length, Rng& rng) {
  const Numbers list = draw_distinct(count, length, rng);
  return {list, list};
}

}  // namespace

TaskLimits copy_limits(const TaskConfig& config) {
  return {.longest_example = 2 * config.train_length.max + 3,  // $ > .
          .longest_length = config.vocabulary,
          .length_key = "task.vocabulary"};
}

std::unique_ptr<Task> make_copy(const TaskConfig& config) {
  return make_sequence_task(config, config.vocabulary, copy_limits(config), draw_copy);
}

}  // namespace seedscape
