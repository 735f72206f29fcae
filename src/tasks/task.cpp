#include "seedscape/tasks/task.h"

#include <algorithm>
#include <array>

#include "builtin.h"
#include "seedscape/base/error.h"

namespace seedscape {

namespace {

struct TaskKind {
  const char* name;
  std::unique_ptr<Task> (*make)(const TaskConfig&);
  TaskLimits (*limits)(const TaskConfig&);
};

constexpr std::array kTaskKinds{
    TaskKind{"count", make_count, count_limits},
    TaskKind{"reverse_addition", make_reverse_addition, reverse_addition_limits},
    TaskKind{"mode", make_mode, mode_limits},
    TaskKind{"copy", make_copy, copy_limits},
    TaskKind{"copy_repeat", make_copy_repeat, copy_repeat_limits},
    TaskKind{"sort", make_sort, sort_limits},
    TaskKind{"addition", make_addition, addition_limits},
    TaskKind{"parity", make_parity, parity_limits},
    TaskKind{"and", make_and, and_limits},
    TaskKind{"question_formation", make_question_formation, question_formation_limits},
};

const TaskKind& find_kind(const std::string& name) {
  const auto* kind = std::ranges::find_if(kTaskKinds, [&](const TaskKind& k) { return k.name == name; });
  if (kind == kTaskKinds.end()) throw Error(ErrorKind::usage, "there is no task of kind \"" + name + "\"");
  return *kind;
}

}  // namespace

void Example::reserve(std::int64_t size) {
  const auto tokens_held = static_cast<std::size_t>(size);
  tokens.reserve(tokens_held);
  for (std::vector<std::uint8_t>* mask : {&answer, &digits, &end, &choice}) mask->reserve(tokens_held);
}

void Example::push(Token token, bool is_answer, bool is_digit, bool is_end, bool is_choice) {
  tokens.push_back(token);
  answer.push_back(is_answer);
  digits.push_back(is_digit);
  end.push_back(is_end);
  choice.push_back(is_choice);
}

std::unique_ptr<Task> make_task(const TaskConfig& config) { return find_kind(config.kind).make(config); }

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  names.reserve(kTaskKinds.size());
  for (const TaskKind& kind : kTaskKinds) names.emplace_back(kind.name);
  return names;
}

std::vector<KeyProblem> task_problems(const Cell& cell, const EvalConfig& eval) {
  const TaskLimits limits = find_kind(cell.task.kind).limits(cell.task);
  const std::string too_long = "is longer than " + limits.length_key + " allows";
  const std::string longest = std::to_string(limits.longest_length);

  std::vector<KeyProblem> problems = limits.problems;
  const std::int64_t train_max = cell.task.train_length.max;
  if (train_max > limits.longest_length) {
    problems.push_back({"task.train_length", too_long, "a maximum of at most " + longest, std::to_string(train_max)});
  }
  const auto test_max = std::ranges::max_element(eval.lengths);
  if (test_max != eval.lengths.end() && *test_max > limits.longest_length) {
    problems.push_back({"eval.lengths", too_long, "lengths of at most " + longest, std::to_string(*test_max)});
  }
  const auto test_min = std::ranges::min_element(eval.lengths);
  if (test_min != eval.lengths.end() && *test_min < limits.shortest_length) {
    problems.push_back({"eval.lengths", "is below the shortest length of task " + cell.task.kind,
                        "lengths of at least " + std::to_string(limits.shortest_length), std::to_string(*test_min)});
  }
  if (cell.train.context < limits.longest_example) {
    problems.push_back({"train.context", "is shorter than the longest training example",
                        "at least " + std::to_string(limits.longest_example), std::to_string(cell.train.context)});
  }
  if (!limits.has_hints && cell.task.loss_on == "digits") {
    problems.push_back({"task.loss_on", "needs a task whose answers hold hints", "answer or all", "digits"});
  }
  if (!limits.has_hints && eval.compare_on == "digits") {
    problems.push_back({"eval.compare_on", "needs a task whose answers hold hints", "answer", "digits"});
  }
  if (eval.carries == "long" && !limits.no_long_carries.empty()) {
    problems.push_back({"eval.carries", limits.no_long_carries, "random", "long"});
  }
  return problems;
}

}  // namespace seedscape
