#pragma once
// Trainer set-ups for tests.

#include <memory>

#include "seedscape/tasks/batch.h"
#include "seedscape/train/trainer.h"
#include "support/small_sweep.h"

namespace seedscape {

/// Of a sweep's first cell.
inline TrainerSetup setup_of_sweep(const SweepConfig& config, std::vector<SeedPair> seeds) {
  TrainerSetup setup;
  setup.model = config.model;
  setup.train = config.train;
  const std::shared_ptr<const Task> task = make_task(config.task);
  setup.shape = model_shape(setup.model, task->vocabulary().size());
  setup.seeds = std::move(seeds);
  setup.batches = [task, config](std::uint64_t data_seed, std::int64_t step) {
    return training_batch(*task, config.task, config.train, data_seed, step);
  };
  return setup;
}

/// One that takes milliseconds: count among twelve numbers, D 16, two layers.
inline TrainerSetup tiny_setup(SeedPair seeds = {0, 0}) {
  SweepConfig config = small_sweep();
  config.model.depth = 2;
  return setup_of_sweep(config, {seeds});
}

}  // namespace seedscape
