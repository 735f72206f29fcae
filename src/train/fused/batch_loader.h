#pragma once
// The batches of all seeds in host memory; the next step's are made while a step runs.

#include <vector>

#include "seedscape/base/thread_pool.h"
#include "seedscape/train/trainer.h"
#include "step.h"

namespace seedscape {

class BatchLoader {
 public:
  /// `sets`: one or two places that are written in turn. With two, other threads, kept for that, make the next step's
  /// batches as soon as those of a step are there. A batch is a function of seed and step, so the threads change no
  /// bit.
  BatchLoader(const TrainerSetup& setup, std::vector<StepInputs> sets);

  /// The place that holds the batches of `step`. The call after the next writes over it.
  const StepInputs& load(std::int64_t step);

 private:
  void begin(std::int64_t step);
  void finish();
  void fill(const StepInputs& inputs, std::int64_t step, std::size_t s) const;

  std::vector<SeedPair> seeds_;
  BatchSource batches_;
  std::int64_t steps_;
  std::vector<StepInputs> sets_;
  std::size_t turn_ = 0;     // the set to write next
  std::int64_t begun_ = -1;  // the step whose batches are in it, or on their way; -1 = none
  ThreadPool threads_;       // the last member: they use the others
};

}  // namespace seedscape
