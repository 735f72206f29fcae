#pragma once
// Walks a plan on worker threads, one trainer each, and stores every run as it ends.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "seedscape/store/result_store.h"
#include "seedscape/sweep/plan.h"
#include "seedscape/sweep/progress.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

using TrainerFactory = std::function<std::unique_ptr<Trainer>(const TrainerSetup&)>;

struct SweepOptions {
  std::vector<std::string> devices{"cpu"};                       // one worker for each
  Population population = [](const PlannedCell&) { return 1; };  // seeds that a worker trains in lockstep
  bool retry_failed = false;
  bool restart_runs = false;      // runs in flight whose checkpoint is of no use here start over
  std::int64_t max_failures = 0;  // stop after so many failed runs; 0 = never
  TrainerFactory make_trainer;
  const std::atomic<bool>* stop = nullptr;  // set by a signal: every worker ends at its next step
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();  // the same from then on
};

/// How the walk ended.
struct SweepOutcome {
  std::int64_t trained = 0;
  std::int64_t failed = 0;
  bool stopped = false;  // runs are left because of `stop` or the deadline
  bool gave_up = false;  // runs are left because of max_failures
};

/// Trains every pending run in seed groups, those in flight and then the most expensive cells first, and appends its
/// record. A run's bits depend on nothing but its cell, its seeds, the kind of device and the population: not on
/// interruptions either. The runs of a group that throws are recorded as failed, but for those that had ended, and the
/// other groups go on.
///
/// Throws: what the store throws when a record or a checkpoint cannot be written, and Error(resources) when memory or a
///         device gives out, after all workers have ended; what make_work throws
SweepOutcome run_sweep(const Plan& plan, const RecordIndex& known, ResultWriter& writer, const SweepOptions& options,
                       Progress& progress);

}  // namespace seedscape
