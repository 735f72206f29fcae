#pragma once
// The tasks of this program: what task.cpp's table needs of each. A new task is one file,
// two lines here and one row there.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "seedscape/config/cells.h"
#include "seedscape/config/config.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

/// What a task's config can express, by arithmetic alone: cheap even where making the task would take gigabytes.
struct TaskLimits {
  bool has_hints = false;
  std::int64_t longest_example = 0;           // tokens of the longest training example
  std::int64_t longest_length = kMostLength;  // largest length, in training and in test, that the tokens can express
  std::string length_key = "any task";        // the key that sets longest_length, if one does
  std::int64_t shortest_length = 1;           // least test length
  std::vector<KeyProblem> problems{};         // broken rules that only this task has
  std::string no_long_carries = "needs a task that adds numbers";  // why eval.carries cannot be long; "": it can
};

TaskLimits count_limits(const TaskConfig& config);
std::unique_ptr<Task> make_count(const TaskConfig& config);

TaskLimits reverse_addition_limits(const TaskConfig& config);
std::unique_ptr<Task> make_reverse_addition(const TaskConfig& config);

TaskLimits mode_limits(const TaskConfig& config);
std::unique_ptr<Task> make_mode(const TaskConfig& config);

TaskLimits copy_limits(const TaskConfig& config);
std::unique_ptr<Task> make_copy(const TaskConfig& config);

TaskLimits copy_repeat_limits(const TaskConfig& config);
std::unique_ptr<Task> make_copy_repeat(const TaskConfig& config);

TaskLimits sort_limits(const TaskConfig& config);
std::unique_ptr<Task> make_sort(const TaskConfig& config);

TaskLimits addition_limits(const TaskConfig& config);
std::unique_ptr<Task> make_addition(const TaskConfig& config);

TaskLimits parity_limits(const TaskConfig& config);
std::unique_ptr<Task> make_parity(const TaskConfig& config);

TaskLimits and_limits(const TaskConfig& config);
std::unique_ptr<Task> make_and(const TaskConfig& config);

TaskLimits question_formation_limits(const TaskConfig& config);
std::unique_ptr<Task> make_question_formation(const TaskConfig& config);

}  // namespace seedscape
