#include "sampled_task.h"

#include <utility>

namespace seedscape {

SampledTask::SampledTask(TaskLimits limits, Vocabulary vocabulary)
    : limits_(std::move(limits)), vocabulary_(std::move(vocabulary)) {}

std::int64_t SampledTask::test_size(std::int64_t, const TestSetOptions& options) const { return options.sequences; }

Example SampledTask::test_example(std::int64_t length, std::int64_t index, const TestSetOptions& options) const {
  Rng rng(options.seed, Purpose::evaluation_data, static_cast<std::uint32_t>(length),
          static_cast<std::uint32_t>(index));
  return draw_test(length, options, rng);
}

}  // namespace seedscape
