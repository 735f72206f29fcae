#pragma once
// Which task.* keys each task kind reads; the others are refused in its config and stay out of its run ids.

#include <string>
#include <vector>

namespace seedscape {

struct TaskKeys {
  std::string kind;
  std::vector<std::string> required;  // without the "task." in front; kind itself is left out
  std::vector<std::string> optional;
  std::string loss_on = "answer";  // what task.loss_on is where the config does not say
};

/// One row for each task kind, in the order of the documentation.
const std::vector<TaskKeys>& task_key_table();

/// The row of a kind, or nullptr.
const TaskKeys* find_task_keys(const std::string& kind);

}  // namespace seedscape
