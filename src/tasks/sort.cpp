// Sorting different numbers into ascending order: "$ 4 1 7 > 1 4 7 .".

#include <algorithm>

#include "builtin.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

Sequences draw_sort(std::int64_t count, std::int64_t length, Rng& rng) {
  const Numbers list = draw_distinct(count, length, rng);
  Numbers sorted = list;
  std::ranges::sort(sorted);
  return {list, sorted};
}

}  // namespace

TaskLimits sort_limits(const TaskConfig& config) {
  return {.longest_example = 2 * config.train_length.max + 3,  // $ > .
          .longest_length = config.vocabulary,
          .length_key = "task.vocabulary"};
}

std::unique_ptr<Task> make_sort(const TaskConfig& config) {
  return make_sequence_task(config, config.vocabulary, sort_limits(config), draw_sort);
}

}  // namespace seedscape
