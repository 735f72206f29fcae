#pragma once
// A trainer set-up that takes milliseconds: count among twelve numbers, D 16, two layers.

#include <memory>

#include "seedscape/tasks/batch.h"
#include "seedscape/train/trainer.h"
#include "support/small_sweep.h"

namespace seedscape {

inline TrainerSetup tiny_setup(SeedPair seeds = {0, 0}) {
  const SweepConfig config = small_sweep();
  TrainerSetup setup;
  setup.model = config.model;
  setup.model.depth = 2;
  setup.train = config.train;
  const std::shared_ptr<const Task> task = make_task(config.task);
  setup.shape = model_shape(setup.model, task->vocabulary().size());
  setup.seeds = {seeds};
  setup.batches = [task, config](std::uint64_t data_seed, std::int64_t step) {
    return training_batch(*task, config.task, config.train, data_seed, step);
  };
  return setup;
}

}  // namespace seedscape
