#include "seedscape/store/plan_file.h"

#include <algorithm>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/parallel.h"
#include "seedscape/base/strict_json.h"
#include "seedscape/base/version.h"
#include "seedscape/config/load.h"
#include "seedscape/config/run_ids.h"
#include "seedscape/store/paths.h"

namespace seedscape {

namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kSchema = 1;

ordered_json points_json(const SweepConfig& config, const Cell& cell) {
  auto points = ordered_json::array();
  for (const AxisPoint& point : cell.points) {
    const AxisConfig& axis = config.axes.at(point.axis);
    points.push_back({{"axis", axis.key}, {"value", ordered_json(axis.values.at(point.value))}});
  }
  return points;
}

ordered_json runs_json(const std::vector<PlannedRun>& runs) {
  auto list = ordered_json::array();
  for (const PlannedRun& run : runs) {
    list.push_back(
        {{"seed", run.seed}, {"init_seed", run.seeds.init}, {"data_seed", run.seeds.data}, {"run_id", run.run_id}});
  }
  return list;
}

/// Whether a stored list is runs_json(runs), without making that.
bool lists(const ordered_json& stored, const std::vector<PlannedRun>& runs) {
  const auto same = [](const ordered_json& entry, const PlannedRun& run) {
    const auto is = [&](const char* name, const auto& value) {
      const auto found = entry.find(name);
      return found != entry.end() && *found == value;
    };
    return entry.size() == 4 && is("seed", run.seed) && is("init_seed", run.seeds.init) &&
           is("data_seed", run.seeds.data) && is("run_id", run.run_id);
  };
  return stored.is_array() && std::equal(stored.begin(), stored.end(), runs.begin(), runs.end(), same);
}

ordered_json cells_json(const Plan& plan) {
  auto list = ordered_json::array();
  for (const PlannedCell& planned : plan.cells) {
    SweepConfig alone = plan.config;
    alone.task = planned.cell.task;
    alone.model = planned.cell.model;
    alone.train = planned.cell.train;
    const ordered_json keys = to_json(alone);
    ordered_json cell{{"task", keys.at("task")}, {"model", keys.at("model")}, {"train", keys.at("train")}};
    if (!planned.cell.start.empty()) cell["start"] = planned.cell.start;
    cell["parameters"] = planned.parameters;
    cell["points"] = points_json(plan.config, planned.cell);
    cell["runs"] = runs_json(planned.runs);
    list.push_back(std::move(cell));
  }
  return list;
}

SweepConfig config_from(const ordered_json& json) {
  try {
    return parse_config(json.dump(), "config").config;
  } catch (const Error& problem) {
    throw Error(ErrorKind::corrupt, problem.what());  // what is bad usage in a file of the user is damage in ours
  }
}

}  // namespace

std::vector<PlannedRun> planned_runs(const Cell& cell, const SeedsConfig& seeds) {
  constexpr std::size_t kNanosecondsAnId = 2000;
  const auto count = static_cast<std::size_t>(seeds.count);
  std::vector<PlannedRun> runs(count);
  const RunIds id(cell);
  in_parts(count, count * kNanosecondsAnId, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::int64_t k = seeds.first + static_cast<std::int64_t>(i);
      const SeedPair pair = seed_pair(seeds, k);
      runs[i] = {k, pair, id(pair)};
    }
  });
  return runs;
}

std::string plan_text(const Plan& plan) {
  const ordered_json json{{"schema", kSchema},
                          {"program", {{"name", "seedscape"}, {"version", kVersion}}},
                          {"config", to_json(plan.config)},
                          {"cells", cells_json(plan)}};
  return json.dump(1) + "\n";
}

Plan parse_plan(std::string_view text) {
  const ordered_json json = parse_strict(text);
  const std::uint64_t schema = unsigned_member(json, "schema");
  if (schema != kSchema) {
    throw Error(ErrorKind::corrupt, "written in schema " + std::to_string(schema) +
                                        "; this version of seedscape reads schema " + std::to_string(kSchema));
  }
  Plan plan{config_from(member(json, "config")), {}};
  const ordered_json& cells = member(json, "cells");
  std::vector<Cell> expanded = expand_cells(plan.config);
  bool agrees = cells.is_array() && cells.size() == expanded.size();
  for (std::size_t i = 0; agrees && i < expanded.size(); ++i) {
    Cell& cell = expanded[i];
    // What the config alone does not give: the digest of the weights to start from, and the parameter count.
    if (cell.train.from) cell.start = text_member(cells[i], "start");
    const std::int64_t parameters = count_member(cells[i], "parameters");
    const ordered_json& stored = member(cells[i], "runs");
    // First the number: a few bytes of config can ask for ten million runs.
    agrees = member(cells[i], "points") == points_json(plan.config, cell) &&
             stored.size() == static_cast<std::size_t>(plan.config.seeds.count);
    if (!agrees) break;
    std::vector<PlannedRun> runs = planned_runs(cell, plan.config.seeds);
    agrees = lists(stored, runs);
    plan.cells.push_back({std::move(cell), parameters, std::move(runs)});
  }
  if (!agrees) throw Error(ErrorKind::corrupt, "its cells and run ids are not those of its config");
  return plan;
}

Plan read_plan(const std::filesystem::path& dir) {
  const std::filesystem::path file = paths::plan(dir);
  if (!file_exists(file)) {
    throw Error(ErrorKind::usage, dir.string() + ": not a result folder (it has no plan.json)");
  }
  return with_context(file.string(), [&] { return parse_plan(read_text(file)); });
}

}  // namespace seedscape
