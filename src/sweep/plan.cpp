#include "seedscape/sweep/plan.h"

#include <algorithm>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/model/shape.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

namespace {

constexpr double kMemoryLimitBytes = 1024.0 * 1024 * 1024 * 1024;  // of one run; far beyond any host we know

ModelShape shape_of(const Cell& cell) { return model_shape(cell.model, make_task(cell.task)->vocabulary().size()); }

/// Weights, gradients and moments, and what autograd keeps of each token (about 34 D a layer, 3 V for the loss).
double memory_bytes(const Cell& cell, const ModelShape& shape) {
  const auto D = static_cast<double>(shape.D), L = static_cast<double>(shape.L), V = static_cast<double>(shape.V);
  const double parameters = L * (12 * D * D + 13 * D) + 2 * D + 2 * V * D;
  const double tokens = static_cast<double>(cell.train.batch) * static_cast<double>(cell.train.context);
  return 4 * (5 * parameters + tokens * (34 * D * L + 3 * V));
}

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

}  // namespace

std::vector<KeyProblem> cell_problems(const Cell& cell, const SweepConfig& config) {
  std::vector<KeyProblem> problems = task_problems(cell, config.eval);
  if (!problems.empty()) return problems;  // the vocabulary of a broken task has no meaning
  if (const double bytes = memory_bytes(cell, shape_of(cell)); bytes > kMemoryLimitBytes) {
    problems.push_back(
        {"model.width",
         "one run would need about " + std::to_string(static_cast<std::int64_t>(bytes / 1e9)) + " GB of memory",
         "at most 1099 GB", std::to_string(cell.model.width)});
  }
  return problems;
}

Plan make_plan(const SweepConfig& config) {
  Plan plan{.config = config, .cells = {}};
  for (Cell& cell : expand_cells(config)) {
    std::vector<PlannedRun> runs = planned_runs(cell, config.seeds);
    plan.cells.push_back({.cell = cell, .parameters = parameter_count(shape_of(cell)), .runs = std::move(runs)});
  }
  return plan;
}

void check_growth(const Plan& planned, const Plan& stored, const std::vector<SeedRecord>& records) {
  if (records.empty()) return;
  std::set<std::string> finished;
  for (const SeedRecord& record : records) finished.insert(record.run_id);

  // Stored runs that have a record, by axis value and seed.
  using Place = std::pair<std::string, std::int64_t>;  // "model.width=64", seed
  const auto places = [](const Plan& plan, const PlannedCell& cell) {
    std::vector<std::string> names;
    for (const AxisPoint& point : cell.cell.points) {
      const AxisConfig& axis = plan.config.axes[point.axis];
      names.push_back(axis.key + "=" + axis.values[point.value].dump());
    }
    return names;
  };
  std::map<Place, std::pair<const PlannedCell*, const PlannedRun*>> known;
  for (const PlannedCell& cell : stored.cells) {
    for (const PlannedRun& run : cell.runs) {
      if (!finished.contains(run.run_id)) continue;
      for (const std::string& place : places(stored, cell)) known[{place, run.seed}] = {&cell, &run};
    }
  }
  std::set<std::string> lines;
  for (const PlannedCell& cell : planned.cells) {
    for (const PlannedRun& run : cell.runs) {
      for (const std::string& place : places(planned, cell)) {
        const auto old = known.find({place, run.seed});
        if (old == known.end() || old->second.second->run_id == run.run_id) continue;
        collect_cell_differences(old->second.first->cell, cell.cell, lines);
        if (old->second.second->seeds != run.seeds) {
          collect_differences(to_json(stored.config).at("seeds"), to_json(planned.config).at("seeds"), "seeds.", lines);
        }
      }
    }
  }
  nlohmann::json old_tests = to_json(stored.config).at("eval"), new_tests = to_json(planned.config).at("eval");
  old_tests.erase("lengths");
  new_tests.erase("lengths");
  collect_differences(old_tests, new_tests, "eval.", lines);
  if (lines.empty()) return;
  std::string message = "the folder holds runs of another plan; give this one another --out or name. Keys that differ:";
  for (const std::string& line : lines) message += "\n  " + line;
  throw Error(ErrorKind::usage, message);
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
        pending.push_back({cell, &run, 1});
      } else if (!is_terminal(record->second, plan.config.eval, retry_failed)) {
        const bool failed_before = record->second.status == RunStatus::failed;
        pending.push_back({cell, &run, record->second.attempt + (failed_before ? 1 : 0)});
      }
    }
  }
  return pending;
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

RunCounts count_runs(const Plan& plan, const RecordIndex& records) {
  RunCounts all;
  for (const PlannedCell& cell : plan.cells) {
    const RunCounts counts = count_runs(cell, records, plan.config.eval);
    all.planned += counts.planned;
    all.done += counts.done;
    all.diverged += counts.diverged;
    all.failed += counts.failed;
    all.pending += counts.pending;
  }
  return all;
}

double run_flops(const PlannedCell& cell) {
  const TrainConfig& train = cell.cell.train;
  return static_cast<double>(train.steps) * step_flops(shape_of(cell.cell), train.batch, train.context - 1);
}

double estimated_seconds(const PlannedCell& cell) {
  constexpr double kFlopsPerSecond = 45e9, kLayerOverhead_s = 4e-4, kStepOverhead_s = 3e-4;
  const auto steps = static_cast<double>(cell.cell.train.steps), L = static_cast<double>(cell.cell.model.depth);
  return run_flops(cell) / kFlopsPerSecond + steps * (kStepOverhead_s + L * kLayerOverhead_s);
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
