#include "seedscape/sweep/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/base/hash.h"
#include "seedscape/model/hf_folder.h"
#include "seedscape/model/shape.h"
#include "seedscape/sweep/cost.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

Plan make_plan(const SweepConfig& config) {
  Plan plan{.config = config, .cells = {}};
  for (Cell& cell : expand_cells(config)) {
    const ModelShape shape = model_shape(cell);
    if (cell.train.from) {
      const std::vector<float> weights = read_hf_folder(*cell.train.from, shape, cell.model);
      cell.start = sha256_hex(std::span(weights));
    }
    std::vector<PlannedRun> runs = planned_runs(cell, config.seeds);
    plan.cells.push_back({.cell = cell, .parameters = parameter_count(shape), .runs = std::move(runs)});
  }
  return plan;
}

Plan merge_plans(const std::vector<Plan>& plans) {
  const auto axis_keys = [](const Plan& plan) {
    std::set<std::string> keys;
    for (const AxisConfig& axis : plan.config.axes) keys.insert(axis.key);
    return keys;
  };
  Plan merged = plans.at(0);
  for (const Plan& plan : plans) {
    if (axis_keys(plan) != axis_keys(merged)) {
      throw Error(ErrorKind::usage,
                  "the folders' axes run over different keys (" + merged.config.name + ", " + plan.config.name + ")");
    }
    for (const PlannedCell& cell : plan.cells) {
      const auto same = std::find_if(merged.cells.begin(), merged.cells.end(), [&](const PlannedCell& other) {
        return other.cell.task == cell.cell.task && other.cell.model == cell.cell.model &&
               other.cell.train == cell.cell.train;
      });
      if (same == merged.cells.end()) {
        merged.cells.push_back(cell);
        continue;
      }
      std::map<std::string, PlannedRun> runs;
      for (const PlannedRun& run : same->runs) runs.emplace(run.run_id, run);
      for (const PlannedRun& run : cell.runs) runs.emplace(run.run_id, run);
      same->runs.clear();
      for (auto& [id, run] : runs) same->runs.push_back(std::move(run));
      std::sort(same->runs.begin(), same->runs.end(),
                [](const PlannedRun& a, const PlannedRun& b) { return a.seed < b.seed; });
    }
    for (const std::int64_t length : plan.config.eval.lengths) {
      std::vector<std::int64_t>& lengths = merged.config.eval.lengths;
      if (std::find(lengths.begin(), lengths.end(), length) == lengths.end()) lengths.push_back(length);
    }
  }
  return merged;
}

std::int64_t run_count(const Plan& plan) {
  std::int64_t runs = 0;
  for (const PlannedCell& cell : plan.cells) runs += static_cast<std::int64_t>(cell.runs.size());
  return runs;
}

RecordIndex index_records(std::vector<SeedRecord> records) {
  RecordIndex index;
  for (SeedRecord& record : records) {
    const std::string id = record.run_id;
    index.emplace(id, std::move(record));
  }
  return index;
}

bool is_terminal(const SeedRecord& record, const EvalConfig& eval, bool retry_failed) {
  if (record.status == RunStatus::failed) return !retry_failed;
  if (record.status == RunStatus::diverged) return true;
  return std::all_of(eval.lengths.begin(), eval.lengths.end(), [&](std::int64_t length) {
    return std::any_of(record.lengths.begin(), record.lengths.end(),
                       [&](const LengthScores& scores) { return scores.length == length; });
  });
}

std::vector<PendingRun> pending_runs(const Plan& plan, const RecordIndex& records, bool retry_failed) {
  std::vector<const PlannedCell*> cells;
  for (const PlannedCell& cell : plan.cells) cells.push_back(&cell);
  std::stable_sort(cells.begin(), cells.end(), [](const PlannedCell* a, const PlannedCell* b) {
    return estimated_seconds(*a) > estimated_seconds(*b);
  });
  std::vector<PendingRun> pending;
  for (const PlannedCell* cell : cells) {
    for (const PlannedRun& run : cell->runs) {
      const auto record = records.find(run.run_id);
      if (record == records.end()) {
        pending.push_back({.cell = cell, .run = &run});
      } else if (!is_terminal(record->second, plan.config.eval, retry_failed)) {
        const SeedRecord& stored = record->second;
        const bool done = stored.status == RunStatus::done;  // but not tested at every length
        pending.push_back({.cell = cell,
                           .run = &run,
                           .attempt = stored.attempt + (done ? 0 : 1),
                           .untested = done ? &stored : nullptr});
      }
    }
  }
  return pending;
}

std::vector<SeedGroup> seed_groups(std::span<const PendingRun> pending, const Population& population) {
  std::vector<SeedGroup> groups;
  while (!pending.empty()) {
    const auto cell_end =
        std::ranges::find_if_not(pending, [&](const PendingRun& run) { return run.cell == pending.front().cell; });
    const auto size = std::min<std::ptrdiff_t>(cell_end - pending.begin(), population(*pending.front().cell));
    groups.push_back(pending.first(static_cast<std::size_t>(size)));
    pending = pending.subspan(static_cast<std::size_t>(size));
  }
  return groups;
}

RunCounts count_runs(const PlannedCell& cell, const RecordIndex& records, const EvalConfig& eval) {
  RunCounts counts;
  for (const PlannedRun& run : cell.runs) {
    ++counts.planned;
    const auto record = records.find(run.run_id);
    if (record == records.end() || !is_terminal(record->second, eval, false)) {
      ++counts.pending;
    } else {
      switch (record->second.status) {
        case RunStatus::done:
          ++counts.done;
          counts.done_s += record->second.wall_s;
          break;
        case RunStatus::diverged:
          ++counts.diverged;
          break;
        case RunStatus::failed:
          ++counts.failed;
          break;
      }
    }
  }
  return counts;
}

RunCounts& RunCounts::operator+=(const RunCounts& other) {
  planned += other.planned;
  done += other.done;
  diverged += other.diverged;
  failed += other.failed;
  pending += other.pending;
  done_s += other.done_s;
  return *this;
}

std::vector<RunCounts> count_runs(const Plan& plan, const RecordIndex& records) {
  std::vector<RunCounts> counts;
  for (const PlannedCell& cell : plan.cells) counts.push_back(count_runs(cell, records, plan.config.eval));
  return counts;
}

RunCounts sum(std::span<const RunCounts> counts) {
  RunCounts all;
  for (const RunCounts& each : counts) all += each;
  return all;
}

std::string cell_label(const SweepConfig& config, const Cell& cell) {
  std::string label;
  for (const AxisConfig& axis : config.axes) {
    const Value value = cell_value(cell, axis.key);
    label += (label.empty() ? "" : " ") + axis.key.substr(axis.key.rfind('.') + 1) + "=" +
             (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return label;
}

}  // namespace seedscape
