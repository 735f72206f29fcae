#pragma once
// A result folder of many runs without the time that training takes.

#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"
#include "seedscape/store/plan_file.h"
#include "seedscape/store/result_store.h"

namespace seedscape {

/// The record of a run that never was: each hundredth diverged, the others have `metrics` at every test length.
inline SeedRecord made_up_record(const PlannedRun& run, std::size_t i, const SweepConfig& config,
                                 const std::vector<std::string>& metrics) {
  SeedRecord record{.run_id = run.run_id, .seed = run.seed, .init_seed = run.seeds.init, .data_seed = run.seeds.data};
  record.step = config.train.steps;
  record.wall_s = 0.25 + static_cast<double>(i % 1000) / 7;
  record.device = "cpu";
  if (i % 100 == 99) {
    record.status = RunStatus::diverged;
    record.reason = "loss is not finite";
    return record;
  }
  record.train_loss = 1 / static_cast<double>(i + 3);
  record.weights_digest = run.run_id + run.run_id;
  for (const std::int64_t length : config.eval.lengths) {
    LengthScores& scores = record.lengths.emplace_back(LengthScores{length, {}});
    for (const std::string& metric : metrics) {
      scores.scores.emplace_back(metric, static_cast<double>((i * 7919 + metric.size()) % 1024) / 1023);
    }
  }
  return record;
}

/// Writes plan.json and a record of every run, by turns into so many logs.
///
/// Requires: a folder in memory, since each record is synced
inline void make_store(const std::filesystem::path& dir, const Plan& plan, const std::vector<std::string>& metrics,
                       std::size_t logs) {
  make_folder(dir);
  publish(paths::plan(dir), plan_text(plan));
  std::deque<RecordWriter> writers;
  for (std::size_t i = 0; i < logs; ++i) writers.emplace_back(dir, nlohmann::json{{"made_by", "test"}});
  std::size_t i = 0;
  for (const PlannedCell& cell : plan.cells) {
    for (const PlannedRun& run : cell.runs) {
      writers[i % logs].append(made_up_record(run, i, plan.config, metrics));
      ++i;
    }
  }
}

}  // namespace seedscape
