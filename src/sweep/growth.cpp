#include "seedscape/sweep/growth.h"

#include <map>
#include <set>
#include <string>

#include "seedscape/base/error.h"
#include "seedscape/config/load.h"

namespace seedscape {

namespace {

/// Keys whose values differ, as "key: stored, planned".
void collect_differences(const nlohmann::json& stored, const nlohmann::json& planned, const std::string& prefix,
                         std::set<std::string>& lines) {
  std::set<std::string> keys;
  for (const auto& [key, value] : stored.items()) keys.insert(key);
  for (const auto& [key, value] : planned.items()) keys.insert(key);
  for (const std::string& key : keys) {
    const nlohmann::json before = stored.value(key, nlohmann::json()), after = planned.value(key, nlohmann::json());
    if (before != after) {
      lines.insert(prefix + key + ": stored " + (before.is_null() ? "nothing" : before.dump()) + ", now " +
                   (after.is_null() ? "nothing" : after.dump()));
    }
  }
}

void collect_cell_differences(const Cell& stored, const Cell& planned, std::set<std::string>& lines) {
  const auto as_config = [](const Cell& cell) {
    SweepConfig config;
    config.task = cell.task;
    config.model = cell.model;
    config.train = cell.train;
    return to_json(config);
  };
  const nlohmann::json before = as_config(stored), after = as_config(planned);
  for (const std::string section : {"task", "model", "train"}) {
    collect_differences(before.at(section), after.at(section), section + ".", lines);
  }
}

/// Axis value and seed ("model.width=64", 7): plans that share a place mean the same run by it.
using Place = std::pair<std::string, std::int64_t>;

struct PlacedRun {
  Place place;
  const PlannedCell* cell = nullptr;
  const PlannedRun* run = nullptr;
};

std::vector<PlacedRun> placed_runs(const Plan& plan) {
  std::vector<PlacedRun> placed;
  for (const PlannedCell& cell : plan.cells) {
    for (const AxisPoint& point : cell.cell.points) {
      const AxisConfig& axis = plan.config.axes[point.axis];
      const std::string value = axis.key + "=" + axis.values[point.value].dump();
      for (const PlannedRun& run : cell.runs) placed.push_back({{value, run.seed}, &cell, &run});
    }
  }
  return placed;
}

/// A section of a config without the keys that may grow.
nlohmann::json without(const SweepConfig& config, const std::string& section, const std::string& growing_key) {
  nlohmann::json keys = to_json(config).at(section);
  keys.erase(growing_key);
  return keys;
}

}  // namespace

void check_growth(const Plan& planned, const Plan& stored, const std::vector<SeedRecord>& records) {
  if (records.empty()) return;
  std::set<std::string> finished;
  for (const SeedRecord& record : records) finished.insert(record.run_id);
  std::map<Place, PlacedRun> known;
  for (const PlacedRun& old : placed_runs(stored)) {
    if (finished.contains(old.run->run_id)) known[old.place] = old;
  }

  std::set<std::string> lines;
  for (const PlacedRun& now : placed_runs(planned)) {
    const auto found = known.find(now.place);
    if (found == known.end() || found->second.run->run_id == now.run->run_id) continue;
    const PlacedRun& old = found->second;
    collect_cell_differences(old.cell->cell, now.cell->cell, lines);
    if (old.run->seeds != now.run->seeds) {
      collect_differences(without(stored.config, "seeds", "count"), without(planned.config, "seeds", "count"), "seeds.",
                          lines);
    }
  }
  collect_differences(without(stored.config, "eval", "lengths"), without(planned.config, "eval", "lengths"), "eval.",
                      lines);
  if (lines.empty()) return;
  std::string message = "the folder holds runs of another plan; give this one another --out or name. Keys that differ:";
  for (const std::string& line : lines) message += "\n  " + line;
  throw Error(ErrorKind::usage, message);
}

}  // namespace seedscape
