#include "seedscape/sweep/run_sweep.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"
#include "train_run.h"

namespace seedscape {

namespace {

SeedRecord failed_record(const PendingRun& pending, const SweepOptions& options, const std::string& reason) {
  SeedRecord record = new_record(pending, options);
  record.status = RunStatus::failed;
  record.reason = printable(reason);
  return record;
}

/// What the workers share: the queue of runs, and how the walk goes.
class Walk {
 public:
  Walk(const Plan& plan, std::vector<PendingRun> queue, ResultWriter& writer, const SweepOptions& options,
       Progress& progress)
      : plan_(plan), queue_(std::move(queue)), writer_(writer), options_(options), progress_(progress) {}

  /// A worker's life: take the next run, train it, store it.
  void work() {
    try {
      while (const PendingRun* pending = take()) {
        const SeedRecord record = ended_run(*pending);
        writer_.runs.append(record);
        finished(*pending, record);
      }
    } catch (const Interrupted&) {
      // The run is not stored: it starts over next time.
    } catch (...) {
      abandon(std::current_exception());
    }
  }

  /// Requires: all workers have ended
  SweepOutcome outcome() const {
    if (problem_) std::rethrow_exception(problem_);
    const bool complete = trained_ == static_cast<std::int64_t>(queue_.size());
    return {.trained = trained_, .failed = failed_, .stopped = !complete && !halted_, .gave_up = !complete && halted_};
  }

 private:
  /// The record of a run, also if it throws: one failure does not stop a sweep, unless nothing can be stored any more.
  SeedRecord ended_run(const PendingRun& pending) {
    try {
      return train_run(
          pending, plan_.config, options_, writer_, [this] { return stopped(); }, progress_);
    } catch (const std::exception& error) {
      const auto* const own = dynamic_cast<const Error*>(&error);
      if (own != nullptr && own->kind() == ErrorKind::io) throw;
      spdlog::error("[train] {} seed={}: {}", cell_label(plan_.config, pending.cell->cell), pending.run->seed,
                    printable(error.what()));
      return failed_record(pending, options_, error.what());
    }
  }

  bool stopped() const {
    return halted_ || (options_.stop != nullptr && *options_.stop) ||
           std::chrono::steady_clock::now() >= options_.deadline;
  }

  const PendingRun* take() {
    const std::lock_guard lock(mutex_);
    return stopped() || next_ == queue_.size() ? nullptr : &queue_[next_++];
  }

  void finished(const PendingRun& pending, const SeedRecord& record) {
    const std::lock_guard lock(mutex_);
    ++trained_;
    if (record.status == RunStatus::failed && ++failed_ == options_.max_failures) halted_ = true;
    progress_.finished(*pending.cell, record);
  }

  /// A result that cannot be stored ends the sweep: the other workers stop at their next step.
  void abandon(const std::exception_ptr& problem) {
    const std::lock_guard lock(mutex_);
    if (!problem_) problem_ = problem;
    halted_ = true;
  }

  const Plan& plan_;
  const std::vector<PendingRun> queue_;
  ResultWriter& writer_;
  const SweepOptions& options_;
  Progress& progress_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::int64_t trained_ = 0, failed_ = 0;
  std::exception_ptr problem_;
  std::atomic<bool> halted_ = false;
};

}  // namespace

SweepOutcome run_sweep(const Plan& plan, const RecordIndex& known, ResultWriter& writer, const SweepOptions& options,
                       Progress& progress) {
  std::vector<PendingRun> queue = pending_runs(plan, known, options.retry_failed);
  const auto workers = std::min<std::size_t>(static_cast<std::size_t>(options.workers), queue.size());
  Walk walk(plan, std::move(queue), writer, options, progress);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers; ++i) threads.emplace_back([&walk] { walk.work(); });
  }
  return walk.outcome();
}

}  // namespace seedscape
