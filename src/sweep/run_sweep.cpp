#include "seedscape/sweep/run_sweep.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <new>
#include <set>
#include <thread>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"
#include "train_group.h"
#include "work_queue.h"

namespace seedscape {

namespace {

SeedRecord failed_record(const PendingRun& pending, const std::string& device, const std::string& reason) {
  SeedRecord record = new_record(pending, device);
  record.status = RunStatus::failed;
  record.reason = printable(reason);
  return record;
}

/// Whether an error would meet the other groups too: a full disk, memory or a device that gave out.
bool concerns_all(const std::exception& error) {
  const auto* const own = dynamic_cast<const Error*>(&error);
  return dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
         (own != nullptr && (own->kind() == ErrorKind::io || own->kind() == ErrorKind::resources));
}

/// What the workers share: the queue of groups, and how the walk goes.
class Walk {
 public:
  Walk(const Plan& plan, const RecordIndex& known, ResultWriter& writer, const SweepOptions& options,
       Progress& progress)
      : plan_(plan),
        queue_(make_work(plan, known, writer.dir, writer.fingerprint, options)),
        writer_(writer),
        options_(options),
        progress_(progress) {}

  std::size_t group_count() const { return queue_.size(); }

  /// A worker's life: take the next group, train it, store its runs.
  void work(const std::string& device) {
    try {
      while (WorkItem* item = take()) train(*item, device);
    } catch (const Interrupted&) {
      // What had not ended goes on from its checkpoint next time.
    } catch (...) {
      abandon(std::current_exception());
    }
  }

  /// Requires: all workers have ended
  SweepOutcome outcome() const {
    if (problem_) std::rethrow_exception(problem_);
    std::size_t runs = 0;
    for (const WorkItem& item : queue_) runs += item.runs.size();
    const bool complete = trained_ == static_cast<std::int64_t>(runs);
    return {.trained = trained_, .failed = failed_, .stopped = !complete && !halted_, .gave_up = !complete && halted_};
  }

 private:
  /// Every run of the group has a record in the end, also if it throws: one failure does not stop a sweep, unless
  /// nothing can be stored any more.
  void train(WorkItem& item, const std::string& device) {
    std::set<const PlannedRun*> ended;
    try {
      train_group(item, {.device = device,
                         .config = plan_.config,
                         .options = options_,
                         .writer = writer_,
                         .progress = progress_,
                         .stopped = [this] { return stopped(); },
                         .ended =
                             [&](const PendingRun& pending, const SeedRecord& record) {
                               store(pending, record);
                               ended.insert(pending.run);
                             }});
    } catch (const std::exception& error) {
      if (concerns_all(error)) throw;
      for (const PendingRun& pending : item.runs) {
        if (ended.contains(pending.run)) continue;
        spdlog::error("[train] {} seed={}: {}", cell_label(plan_.config, pending.cell->cell), pending.run->seed,
                      printable(error.what()));
        store(pending, failed_record(pending, device, error.what()));
      }
      item.checkpoints.remove();
    }
  }

  bool stopped() const {
    return halted_ || (options_.stop != nullptr && *options_.stop) ||
           std::chrono::steady_clock::now() >= options_.deadline;
  }

  WorkItem* take() {
    const std::lock_guard lock(mutex_);
    return stopped() || next_ == queue_.size() ? nullptr : &queue_[next_++];
  }

  void store(const PendingRun& pending, const SeedRecord& record) {
    writer_.runs.append(record);
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
  std::vector<WorkItem> queue_;
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
  Walk walk(plan, known, writer, options, progress);
  {
    std::vector<std::jthread> threads;
    for (const std::string& device : options.devices) {
      if (threads.size() < walk.group_count()) threads.emplace_back([&] { walk.work(device); });
    }
  }
  return walk.outcome();
}

}  // namespace seedscape
