#pragma once
// Training examples by their prompt.

#include <string>

#include "seedscape/tasks/task.h"

namespace seedscape {

/// The first training example that begins with `prompt`, as text.
inline std::string find_training(const TaskConfig& config, const std::string& prompt) {
  const auto task = make_task(config);
  Rng rng(0, Purpose::training_data, 0, 0);
  for (int i = 0; i < 200000; ++i) {
    const std::string text = task->vocabulary().decode(task->training_example(rng).tokens);
    if (text.starts_with(prompt)) return text;
  }
  return "none";
}

}  // namespace seedscape
