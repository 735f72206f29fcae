// The sum of bits modulo 2: "$ 1 0 1 1 > 1 .".

#include <numeric>

#include "builtin.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

Sequences draw_parity(std::int64_t count, std::int64_t length, Rng& rng) {
  const Numbers bits = draw_numbers(count, length, rng);
  return {bits, {std::accumulate(bits.begin(), bits.end(), 0) % 2}};
}

}  // namespace

TaskLimits parity_limits(const TaskConfig& config) {
  return {.longest_example = config.train_length.max + 4};  // $ > answer .
}

std::unique_ptr<Task> make_parity(const TaskConfig& config) {
  return make_sequence_task(config, kBits, parity_limits(config), draw_parity);
}

}  // namespace seedscape
