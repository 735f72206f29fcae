#include "seedscape/config/task_keys.h"

#include <algorithm>

namespace seedscape {

const std::vector<TaskKeys>& task_key_table() {
  static const std::vector<std::string> numbers = {"vocabulary", "train_length"}, bits = {"train_length"};
  static const std::vector<std::string> rows = {"packing", "cut_examples", "loss_on"};
  static const std::vector<TaskKeys> table = {
      {.kind = "count", .required = numbers, .optional = rows},
      {.kind = "reverse_addition",
       .required = {"train_length"},
       .optional = {"base", "hint_max", "hint_tokens", "hint_order", "carry", "operand_lengths", "digits", "packing",
                    "cut_examples", "loss_on"}},
      {.kind = "mode", .required = numbers, .optional = rows},
      {.kind = "copy", .required = numbers, .optional = rows},
      {.kind = "copy_repeat", .required = bits, .optional = rows},
      {.kind = "sort", .required = numbers, .optional = rows},
      {.kind = "addition",
       .required = {"train_length"},
       .optional = {"base", "operand_lengths", "digits", "packing", "cut_examples", "loss_on"}},
      {.kind = "parity", .required = bits, .optional = rows},
      {.kind = "and", .required = bits, .optional = rows},
      {.kind = "question_formation",
       .required = {},
       .optional = {"question_share", "center_share", "embedding_depth", "lines", "packing", "cut_examples", "loss_on"},
       .loss_on = "all"}};
  return table;
}

const TaskKeys* find_task_keys(const std::string& kind) {
  const auto& table = task_key_table();
  const auto row = std::find_if(table.begin(), table.end(), [&](const TaskKeys& keys) { return keys.kind == kind; });
  return row == table.end() ? nullptr : &*row;
}

}  // namespace seedscape
