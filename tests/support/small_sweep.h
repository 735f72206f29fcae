#pragma once
// A sweep small enough for tests: count to four among twelve numbers, depth 1 and 2, three seeds.

#include "seedscape/config/config.h"

namespace seedscape {

inline SweepConfig small_sweep() {
  SweepConfig config;
  config.name = "small";
  config.task.kind = "count";
  config.task.vocabulary = 12;
  config.task.train_length = {1, 4};
  config.task.loss_on = "answer";
  config.model.width = 16;
  config.model.head_width = 8;
  config.axes = {{.key = "model.depth", .values = {1, 2}, .with = {}, .zip = {}}};
  config.seeds.count = 3;
  config.train.steps = 5;
  config.train.batch = 2;
  config.train.context = 20;
  config.train.learning_rate = 0.01;
  config.train.warmup_steps = 1;
  config.train.trainer = "reference";
  config.eval.lengths = {4, 6};
  config.eval.batch = 4;
  config.analysis.length = 6;
  config.analysis.success_threshold = 0.5;
  return config;
}

}  // namespace seedscape
