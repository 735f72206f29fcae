#include "seedscape/config/load.h"

#include <algorithm>
#include <cmath>

#include "draft.h"
#include "readers.h"

namespace seedscape {

namespace {

constexpr const char* kBestTrainer = "fused";

void resolve_trainer(const std::string& key, Value& value) {
  if (key == "train.trainer" && value == "auto") value = kBestTrainer;
}

/// Fills in what follows from other keys; returns the keys of the sections that it set.
std::set<std::string> derive(Draft& draft) {
  SweepConfig& config = draft.config;
  std::set<std::string> derived;
  const TaskKeys* keys = find_task_keys(config.task.kind);
  if (keys != nullptr && !config.task.loss_on) {
    config.task.loss_on = keys->loss_on;
    derived.insert("task.loss_on");
  }
  const bool has_hints = keys != nullptr && find_field("task.hint_max")->is_used_by(config.task.kind);
  if (has_hints && !config.task.hint_max && !config.eval.lengths.empty()) {
    config.task.hint_max = *std::max_element(config.eval.lengths.begin(), config.eval.lengths.end());
    derived.insert("task.hint_max");
  }
  if (config.seeds.vary == "grid" && !config.seeds.init_count && config.seeds.count > 0) {
    const std::int64_t side = std::llround(std::sqrt(static_cast<double>(config.seeds.count)));
    if (side * side == config.seeds.count) {
      config.seeds.init_count = side;
      derived.insert("seeds.init_count");
    }
  }
  if (config.train.trainer == "auto") {
    config.train.trainer = kBestTrainer;
    derived.insert("train.trainer");
  }
  for (AxisConfig& axis : config.axes) {
    for (Value& value : axis.values) resolve_trainer(axis.key, value);
    for (auto& [key, value] : axis.with) resolve_trainer(key, value);
    for (auto& [key, values] : axis.zip) {
      for (Value& value : values) resolve_trainer(key, value);
    }
  }
  return derived;
}

std::vector<ResolvedKey> resolved_keys(const Draft& draft, const std::set<std::string>& derived) {
  std::vector<ResolvedKey> keys;
  for (const Field& field : fields()) {
    if (!field.is_used_by(draft.config.task.kind)) continue;
    const auto given = draft.given.find(field.key);
    ResolvedKey resolved{.key = field.key, .value = field.get(draft.config), .source = "default"};
    if (derived.contains(field.key)) {
      resolved.source = "derived";
    } else if (given != draft.given.end()) {
      const Position& at = given->second;
      resolved.source = at.setting != 0 ? "--set" : draft.problems.source_name() + ":" + std::to_string(at.line);
    } else if (field.required) {
      resolved.value = nullptr;
      resolved.source = "axes";
    }
    keys.push_back(std::move(resolved));
  }
  return keys;
}

LoadedConfig parse(std::string_view text, const std::vector<std::string>& settings, const CellRules& rules,
                   Problems& problems) {
  Draft draft{.root = read_config_text(text, problems), .problems = problems};
  apply_settings(settings, draft);
  read_sections(draft);
  const std::set<std::string> derived = derive(draft);
  check_together(rules, draft);
  if (!problems.empty()) problems.raise();
  std::vector<ResolvedKey> keys = resolved_keys(draft, derived);
  return {.config = std::move(draft.config), .keys = std::move(keys), .replaced = std::move(draft.replaced)};
}

}  // namespace

LoadedConfig load_config(const std::filesystem::path& file, const std::vector<std::string>& settings,
                         const CellRules& rules) {
  Problems problems(file.string());
  return parse(read_config_file(file, problems), settings, rules, problems);
}

LoadedConfig parse_config(std::string_view text, const std::string& source_name,
                          const std::vector<std::string>& settings, const CellRules& rules) {
  Problems problems(source_name);
  return parse(text, settings, rules, problems);
}

nlohmann::json to_json(const SweepConfig& config) {
  nlohmann::json root;
  for (const Field& field : fields()) {
    const Value value = field.get(config);
    // Left out: what the task does not read, an optional key without value, a required key that only the axes give.
    const bool is_set = !value.is_null() && (!field.required || field.check.holds(field.type, value));
    if (!is_set || !field.is_used_by(config.task.kind)) continue;
    const std::string section = field.section();
    (section.empty() ? root[field.name()] : root[section][field.name()]) = value;
  }
  return root;
}

}  // namespace seedscape
