// Rules that only several keys together can break.

#include <array>

#include "draft.h"

namespace seedscape {

namespace {

constexpr std::int64_t kMostRuns = 10'000'000;
constexpr std::int64_t kMostSeeds = std::int64_t{1} << 53;

/// A metric that not every task has: those that read `key` have it.
struct SpecialMetric {
  const char* metric;
  const char* key;
  const char* tasks;
};
constexpr std::array kSpecialMetrics{
    SpecialMetric{"exact_match_digits", "task.hint_max", "tasks with hints"},
    SpecialMetric{"main_auxiliary", "task.question_share", "task question_formation"},
};

bool sets(const AxisConfig& axis, const std::string& key) {
  return axis.key == key || axis.with.contains(key) || axis.zip.contains(key);
}

/// Where a key that the axis sets has its value at the axis's i-th point.
Position position_on_axis(const Draft& draft, std::size_t a, std::size_t i, const std::string& key) {
  const Node& axis = draft.root.find("axes")->value.items[a];
  const auto item = [&](const Node& list) { return i < list.items.size() ? list.items[i].at : list.at; };
  const AxisConfig& config = draft.config.axes[a];
  if (config.key == key) {
    const Entry* values = axis.find("values");
    return values == nullptr ? axis.at : item(values->value);
  }
  return config.with.contains(key) ? axis.find("with")->value.find(key)->value.at
                                   : item(axis.find("zip")->value.find(key)->value);
}

Position position_of(const Draft& draft, const std::string& key) {
  const auto found = draft.given.find(key);
  return found != draft.given.end() ? found->second : section_position(draft, key.substr(0, key.find('.')));
}

Position position_in_cell(const Draft& draft, const Cell& cell, const std::string& key) {
  for (const AxisPoint& point : cell.points) {
    if (sets(draft.config.axes[point.axis], key)) return position_on_axis(draft, point.axis, point.value, key);
  }
  return position_of(draft, key);
}

/// Every key without default has a value: in its own section, or on every axis.
void check_missing(Draft& draft) {
  const auto& axes = draft.config.axes;
  const bool kind_is_known = find_task_keys(draft.config.task.kind) != nullptr;
  for (const Field& field : fields()) {
    const bool is_needed = field.required && field.is_used_by(draft.config.task.kind) &&
                           (kind_is_known || field.section() != "task" || field.key == "task.kind");
    if (!is_needed || draft.given.contains(field.key) || !draft.is_usable(field.key)) continue;
    const auto lacks = [&](const AxisConfig& axis) { return !field.varies() || !sets(axis, field.key); };
    const auto gap = std::find_if(axes.begin(), axes.end(), lacks);
    if (!axes.empty() && gap == axes.end()) continue;
    const bool is_partial = !std::all_of(axes.begin(), axes.end(), lacks);
    if (is_partial && !draft.is_usable("axes")) continue;
    const std::string where =
        is_partial ? " on axes[" + std::to_string(gap - axes.begin()) + "] (" + gap->key + ")" : "";
    draft.problems.add({position_of(draft, field.key), field.key, "is missing" + where, field.expected(), "nothing"});
    draft.unusable.insert(field.key);
  }
}

/// No key is given that the task does not read: it would look as if it did something.
void check_unused(Draft& draft) {
  const TaskKeys* row = find_task_keys(draft.config.task.kind);
  if (row == nullptr) return;
  std::string names;
  for (const auto& list : {row->required, row->optional}) {
    for (const std::string& name : list) names += (names.empty() ? "" : ", ") + name;
  }
  for (const Field& field : fields()) {
    if (field.is_used_by(row->kind)) continue;
    const auto refuse = [&](const Position& at) {
      draft.problems.add({at, field.key, "is not used by task " + row->kind, "one of " + names, field.name()});
    };
    if (draft.given.contains(field.key)) refuse(draft.given[field.key]);
    for (std::size_t a = 0; a < draft.config.axes.size(); ++a) {
      if (sets(draft.config.axes[a], field.key)) refuse(position_on_axis(draft, a, 0, field.key));
    }
  }
}

void check_grid(Draft& draft) {
  const auto& [first, count, vary, init_count] = draft.config.seeds;
  const auto refuse = [&](const std::string& what, const std::string& expected, const std::string& got) {
    draft.problems.add({position_of(draft, "seeds.init_count"), "seeds.init_count", what, expected, got});
  };
  const std::string divisor = "a divisor of " + std::to_string(count);
  if (vary != "grid") {
    if (init_count) refuse("is only used by a grid", "seeds.vary: grid", "seeds.vary: " + vary);
  } else if (!init_count) {
    refuse("is missing: seeds.count is no square", divisor, "nothing");
  } else if (count % *init_count != 0) {
    refuse("does not divide seeds.count", divisor, std::to_string(*init_count));
  }
}

void check_seeds(Draft& draft) {
  const SeedsConfig& seeds = draft.config.seeds;
  if (!draft.is_usable("seeds.first") || !draft.is_usable("seeds.count")) return;
  if (draft.is_usable("seeds.vary") && draft.is_usable("seeds.init_count") && seeds.count > 0) check_grid(draft);
  if (seeds.count <= kMostSeeds - seeds.first) return;
  draft.problems.add({position_of(draft, "seeds.count"), "seeds.count", "leads past the last seed",
                      "first + count <= 9007199254740992",
                      std::to_string(seeds.first) + " + " + std::to_string(seeds.count)});
}

void check_analysis(Draft& draft) {
  const auto& lengths = draft.config.eval.lengths;
  const AnalysisConfig& analysis = draft.config.analysis;
  if (draft.is_usable("eval.lengths") && draft.is_usable("analysis.length") &&
      std::find(lengths.begin(), lengths.end(), analysis.length) == lengths.end()) {
    std::string names;
    for (const std::int64_t length : lengths) names += (names.empty() ? "" : ", ") + std::to_string(length);
    draft.problems.add({position_of(draft, "analysis.length"), "analysis.length", "is not one of eval.lengths",
                        "one of " + names, std::to_string(analysis.length)});
  }
  for (const auto& [metric, key, tasks] : kSpecialMetrics) {
    if (analysis.metric != metric || find_field(key)->is_used_by(draft.config.task.kind)) continue;
    draft.problems.add({position_of(draft, "analysis.metric"), "analysis.metric",
                        std::string("is only measured for ") + tasks, "a metric of task " + draft.config.task.kind,
                        analysis.metric});
  }
}

/// Heads tile the width, and rotary embedding turns dims in pairs.
std::vector<KeyProblem> head_problems(const Cell& cell, const Draft& draft) {
  std::vector<KeyProblem> problems;
  const auto& [width, depth, head_width, fraction, base, residual] = cell.model;
  if (draft.is_usable("model.head_width") && draft.is_usable("model.width") && width % head_width != 0) {
    problems.push_back({"model.head_width", "does not divide model.width", "a divisor of " + std::to_string(width),
                        std::to_string(head_width)});
  }
  if (draft.is_usable("model.head_width") && draft.is_usable("model.rotary_fraction")) {
    const auto turned = static_cast<std::int64_t>(static_cast<double>(head_width) * fraction);
    if (turned < 2 || turned % 2 != 0) {
      problems.push_back({"model.head_width", "gives a wrong number of rotary dims, int(head_width * rotary_fraction)",
                          "an even number, at least 2", std::to_string(turned)});
    }
  }
  return problems;
}

/// A training has at least one update; what is drawn anew was read before; one trainer has one precision.
std::vector<KeyProblem> train_problems(const Cell& cell, const Draft& draft) {
  std::vector<KeyProblem> problems;
  const std::int64_t first = cell.train.first_step, steps = cell.train.steps;
  if (draft.is_usable("train.first_step") && draft.is_usable("train.steps") && first >= steps) {
    problems.push_back(
        {"train.first_step", "is not below train.steps", "less than " + std::to_string(steps), std::to_string(first)});
  }
  if (draft.is_usable("train.reset") && cell.train.reset != "none" && !cell.train.from) {
    problems.push_back({"train.reset", "needs weights to start from", "train.from, or none", cell.train.reset});
  }
  if (cell.train.trainer == "reference" && cell.train.precision != "fp32") {
    problems.push_back(
        {"train.precision", "is not for the reference trainer", "fp32, or train.trainer: fused", cell.train.precision});
  }
  return problems;
}

void check_cells(const CellRules& rules, Draft& draft) {
  if (!draft.is_usable("axes")) return;
  const std::vector<Cell> cells = expand_cells(draft.config);
  for (const Cell& cell : cells) {
    std::vector<KeyProblem> found = head_problems(cell, draft);
    for (KeyProblem& problem : train_problems(cell, draft)) found.push_back(std::move(problem));
    if (rules && draft.unusable.empty()) {
      for (KeyProblem& problem : rules(cell, draft.config)) found.push_back(std::move(problem));
    }
    for (const auto& [key, what, expected, got] : found) {
      draft.problems.add({position_in_cell(draft, cell, key), key, what, expected, got});
    }
  }
  const auto count = static_cast<std::int64_t>(cells.size());
  if (draft.is_usable("seeds.count") && draft.config.seeds.count > kMostRuns / count) {
    draft.problems.add({position_of(draft, "seeds.count"), "seeds.count", "plans too many runs",
                        "at most 10000000 runs",
                        std::to_string(count) + " cells x " + std::to_string(draft.config.seeds.count) + " seeds"});
  }
}

}  // namespace

void check_together(const CellRules& rules, Draft& draft) {
  check_missing(draft);
  check_unused(draft);
  check_seeds(draft);
  check_analysis(draft);
  check_cells(rules, draft);
}

}  // namespace seedscape
