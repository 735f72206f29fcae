#pragma once
// What a sweep consists of and what of it is still to do: pure functions of the config and the stored records.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "seedscape/store/plan_file.h"
#include "seedscape/store/record.h"

namespace seedscape {

/// Every cell with its parameter count and every run with its id.
///
/// Throws: what read_hf_folder throws, if a cell starts from weights
Plan make_plan(const SweepConfig& config);

/// One plan that has every cell and run of all: those of the first in its order, then what the others add.
///
/// Throws: Error(usage) if their axes run over different keys
Plan merge_plans(const std::vector<Plan>& plans);

std::int64_t run_count(const Plan& plan);

/// The record that counts for each run id.
using RecordIndex = std::unordered_map<std::string, SeedRecord>;
RecordIndex index_records(std::vector<SeedRecord> records);

/// Whether nothing is left to do for a planned run: it diverged, failed (unless failed runs are retried), or is done at
/// every length.
bool is_terminal(const SeedRecord& record, const EvalConfig& eval, bool retry_failed);

/// One run to train; the pointers lead into the plan and the records.
struct PendingRun {
  const PlannedCell* cell = nullptr;
  const PlannedRun* run = nullptr;
  std::int64_t attempt = 1;
  const SeedRecord* untested = nullptr;  // a finished training that lacks some test length
};

/// What is not terminal, the most expensive cells first (so that the last runs of a sweep are short), seeds ascending.
std::vector<PendingRun> pending_runs(const Plan& plan, const RecordIndex& records, bool retry_failed);

/// Pending runs of one cell that are trained in lockstep.
using SeedGroup = std::span<const PendingRun>;

/// How many seeds of a cell are trained in lockstep. It hangs on nothing that changes while a sweep is made, since the
/// bits hang on it.
using Population = std::function<std::int64_t(const PlannedCell&)>;

/// Cuts pending runs into groups: each as many consecutive runs of one cell as there are, up to its population.
std::vector<SeedGroup> seed_groups(std::span<const PendingRun> pending, const Population& population);

/// Runs of some cells by what became of them; planned = done + diverged + failed + pending.
struct RunCounts {
  std::int64_t planned = 0, done = 0, diverged = 0, failed = 0, pending = 0;
  double done_s = 0;  // that the done ones took

  RunCounts& operator+=(const RunCounts& other);
};
RunCounts count_runs(const PlannedCell& cell, const RecordIndex& records, const EvalConfig& eval);
/// One entry per cell.
std::vector<RunCounts> count_runs(const Plan& plan, const RecordIndex& records);
RunCounts sum(std::span<const RunCounts> counts);

/// "width=512 depth=4": the values of all axis keys, for people.
std::string cell_label(const SweepConfig& config, const Cell& cell);

}  // namespace seedscape
