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
  collect_differences({{"from", stored.start}}, {{"from", planned.start}}, "weights of train.", lines);
}

/// Axis value and seed ("model.width=64", "7"): plans that share a place mean the same run by it. In a grid, which
/// grows on two sides, the seed is the pair.
using Place = std::pair<std::string, std::string>;

struct PlacedRun {
  Place place;
  const PlannedCell* cell = nullptr;
  const PlannedRun* run = nullptr;
};

std::vector<PlacedRun> placed_runs(const Plan& plan, bool by_pair) {
  const auto seed_of = [&](const PlannedRun& run) {
    return by_pair ? std::to_string(run.seeds.init) + "," + std::to_string(run.seeds.data) : std::to_string(run.seed);
  };
  std::vector<PlacedRun> placed;
  for (const PlannedCell& cell : plan.cells) {
    for (const AxisPoint& point : cell.cell.points) {
      const AxisConfig& axis = plan.config.axes[point.axis];
      const std::string value = axis.key + "=" + axis.values[point.value].dump();
      for (const PlannedRun& run : cell.runs) placed.push_back({{value, seed_of(run)}, &cell, &run});
    }
  }
  return placed;
}

/// A section of a config without the keys that may change.
nlohmann::json without(const SweepConfig& config, const std::string& section,
                       const std::vector<std::string>& free_keys) {
  nlohmann::json keys = to_json(config).at(section);
  for (const std::string& key : free_keys) keys.erase(key);
  return keys;
}

}  // namespace

void check_growth(const Plan& planned, const Plan& stored, const std::vector<SeedRecord>& records) {
  if (records.empty()) return;
  std::set<std::string> finished;
  for (const SeedRecord& record : records) finished.insert(record.run_id);
  std::map<Place, PlacedRun> known;
  const bool by_pair = stored.config.seeds.vary == "grid" || planned.config.seeds.vary == "grid";
  for (const PlacedRun& old : placed_runs(stored, by_pair)) {
    if (finished.contains(old.run->run_id)) known[old.place] = old;
  }

  std::set<std::string> lines;
  for (const PlacedRun& now : placed_runs(planned, by_pair)) {
    const auto found = known.find(now.place);
    if (found == known.end() || found->second.run->run_id == now.run->run_id) continue;
    const PlacedRun& old = found->second;
    collect_cell_differences(old.cell->cell, now.cell->cell, lines);
    if (old.run->seeds != now.run->seeds) {
      collect_differences(without(stored.config, "seeds", {"count"}), without(planned.config, "seeds", {"count"}),
                          "seeds.", lines);
    }
  }
  collect_differences(without(stored.config, "eval", {"lengths", "every"}),
                      without(planned.config, "eval", {"lengths", "every"}), "eval.", lines);
  if (lines.empty()) return;
  std::string message = "the folder holds runs of another plan; give this one another --out or name. Keys that differ:";
  for (const std::string& line : lines) message += "\n  " + line;
  throw Error(ErrorKind::usage, message);
}

}  // namespace seedscape
