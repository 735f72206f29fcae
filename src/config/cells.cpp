#include "seedscape/config/cells.h"

#include <algorithm>
#include <array>
#include <map>

#include "canonical.h"
#include "fields.h"
#include "seedscape/base/error.h"
#include "seedscape/base/hash.h"
#include "seedscape/config/run_ids.h"

namespace seedscape {

namespace {

/// The cell's sections in a config of their own, where the field table reaches them.
SweepConfig as_config(const Cell& cell) {
  SweepConfig config;
  config.task = cell.task;
  config.model = cell.model;
  config.train = cell.train;
  return config;
}

/// Keys that are younger than the oldest run ids; at their default they stay out of them.
constexpr std::array kYoungerKeys{"train.reset", "train.first_step", "train.stop_score", "train.stop_every"};

/// Whether a key decides the bits of a training. The path of its first weights does not, their digest does.
bool identifies(const Field& field, const SweepConfig& config) {
  const std::string section = field.section();
  if (section != "task" && section != "model" && section != "train") return false;
  if (field.key == "train.from") return false;
  const bool is_younger = std::ranges::find(kYoungerKeys, field.key) != kYoungerKeys.end();
  if (is_younger && field.get(config) == field.get(SweepConfig{})) return false;
  return field.is_used_by(config.task.kind);
}

/// {"model": {"depth": 4, ...}, "task": ..., "train": ...}: what a training depends on besides its seeds.
nlohmann::json identity(const Cell& cell) {
  const SweepConfig config = as_config(cell);
  nlohmann::json sections;
  for (const Field& field : fields()) {
    if (identifies(field, config)) sections[field.section()][field.name()] = field.get(config);
  }
  if (!cell.start.empty()) sections["start"] = cell.start;
  return sections;
}

}  // namespace

std::vector<Cell> expand_cells(const SweepConfig& config) {
  std::vector<Cell> cells;
  std::map<std::string, std::size_t> index_of;  // canonical identity -> place in cells
  for (std::size_t a = 0; a < config.axes.size(); ++a) {
    const AxisConfig& axis = config.axes[a];
    for (std::size_t i = 0; i < axis.values.size(); ++i) {
      SweepConfig point = as_config({config.task, config.model, config.train});
      for (const auto& [key, value] : axis.with) find_field(key)->set(point, value);
      for (const auto& [key, values] : axis.zip) find_field(key)->set(point, values[i]);
      find_field(axis.key)->set(point, axis.values[i]);
      Cell cell{point.task, point.model, point.train};
      const std::string setup = canonical(identity(cell)) + cell.train.from.value_or("");
      const auto [place, is_new] = index_of.try_emplace(setup, cells.size());
      if (is_new) cells.push_back(std::move(cell));
      cells[place->second].points.push_back({a, i});
    }
  }
  return cells;
}

Value cell_value(const Cell& cell, const std::string& key) {
  const Field* field = find_field(key);
  if (field == nullptr) throw Error(ErrorKind::internal, "cell_value: no key " + key);
  return field->get(as_config(cell));
}

SeedPair seed_pair(const SeedsConfig& seeds, std::int64_t k) {
  const auto varied = static_cast<std::uint64_t>(k);
  const auto fixed = static_cast<std::uint64_t>(seeds.first);
  if (seeds.vary == "grid") {
    const std::int64_t data_count = seeds.count / seeds.init_count.value(), i = k - seeds.first;
    return {.init = fixed + static_cast<std::uint64_t>(i / data_count),
            .data = fixed + static_cast<std::uint64_t>(i % data_count)};
  }
  return {.init = seeds.vary == "data" ? fixed : varied, .data = seeds.vary == "init" ? fixed : varied};
}

std::string run_id(const Cell& cell, const SeedPair& seeds) { return RunIds(cell)(seeds); }

RunIds::RunIds(const Cell& cell) {
  nlohmann::json content = identity(cell);
  content["schema"] = SweepConfig{}.schema;
  content["numerics"] = kNumericsVersion;
  without_seeds_ = canonical(content).substr(1);
}

std::string RunIds::operator()(const SeedPair& seeds) const {
  // Canonical JSON sorts its keys, and no other comes before these two.
  return sha256_hex("{\"data_seed\":" + std::to_string(seeds.data) + ",\"init_seed\":" + std::to_string(seeds.init) +
                    "," + without_seeds_)
      .substr(0, 32);
}

}  // namespace seedscape
