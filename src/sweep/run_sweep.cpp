#include "seedscape/sweep/run_sweep.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <mutex>
#include <thread>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/printable.h"
#include "seedscape/eval/scores.h"

namespace seedscape {

namespace {

/// A record with nothing in it yet but whose it is.
SeedRecord new_record(const PendingRun& pending, const SweepOptions& options) {
  SeedRecord record;
  record.run_id = pending.run->run_id;
  record.seed = pending.run->seed;
  record.init_seed = pending.run->seeds.init;
  record.data_seed = pending.run->seeds.data;
  record.attempt = pending.attempt;
  record.device = options.device;
  return record;
}

/// Leaves a run that was asked to stop, from wherever it is.
struct Interrupted {};

/// Weights that overflowed in the last update show in no loss.
bool all_finite(const std::vector<float>& weights) {
  return std::all_of(weights.begin(), weights.end(), [](float weight) { return std::isfinite(weight); });
}

/// One training from its first step to its scores.
///
/// Throws: Interrupted as soon as `stopped` says so
SeedRecord train_run(const PendingRun& pending, const SweepConfig& config, const SweepOptions& options,
                     const std::function<bool()>& stopped, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const Cell& cell = pending.cell->cell;
  const std::unique_ptr<Task> task = make_task(cell.task);
  const SeedPair seeds = pending.run->seeds;
  const auto go_on = [&] {
    if (stopped()) throw Interrupted();
  };
  const std::unique_ptr<Trainer> trainer = options.make_trainer(
      {.shape = model_shape(cell.model, task->vocabulary().size()),
       .model = cell.model,
       .train = cell.train,
       .seeds = {seeds},
       .batches = [&](std::uint64_t data_seed,
                      std::int64_t step) { return training_batch(*task, cell.task, cell.train, data_seed, step); },
       .device = options.device});

  double loss = 0;
  while (trainer->steps_done() < cell.train.steps && std::isfinite(loss)) {
    go_on();
    loss = trainer->step().front();
    progress.stepped(*pending.cell);
  }

  SeedRecord record = new_record(pending, options);
  record.step = trainer->steps_done();
  const std::vector<float> weights = trainer->weights(0);
  if (!std::isfinite(loss) || !all_finite(weights)) {
    record.status = RunStatus::diverged;
    record.reason = std::isfinite(loss) ? "weights are not finite" : "loss or gradient is not finite";
  } else {
    const auto predict = [&](const EvalBatch& batch) {
      go_on();
      return trainer->predict(0, batch);
    };
    std::vector<std::int64_t> lengths = config.eval.lengths;
    std::ranges::sort(lengths);  // a record holds them ascending, whatever order the config gives
    for (const std::int64_t length : lengths) {
      record.lengths.push_back({length, evaluate(*task, config.eval, length, seeds.data, predict)});
    }
    record.train_loss = loss;
    record.weights_digest = sha256_hex(std::span(weights));
  }
  record.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return record;
}

SeedRecord failed_record(const PendingRun& pending, const SweepOptions& options, const std::string& reason) {
  SeedRecord record = new_record(pending, options);
  record.status = RunStatus::failed;
  record.reason = printable(reason);
  return record;
}

/// What the workers share: the queue of runs, and how the walk goes.
class Walk {
 public:
  Walk(const Plan& plan, std::vector<PendingRun> queue, RecordWriter& writer, const SweepOptions& options,
       Progress& progress)
      : plan_(plan), queue_(std::move(queue)), writer_(writer), options_(options), progress_(progress) {}

  /// A worker's life: take the next run, train it, store it.
  void work() {
    try {
      while (const PendingRun* pending = take()) {
        const SeedRecord record = ended_run(*pending);
        writer_.append(record);
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
  /// The record of a run, also if it throws: one failure does not stop a sweep.
  SeedRecord ended_run(const PendingRun& pending) {
    try {
      return train_run(
          pending, plan_.config, options_, [this] { return stopped(); }, progress_);
    } catch (const std::exception& error) {
      spdlog::error("[train] {} seed={}: {}", cell_label(plan_.config, pending.cell->cell), pending.run->seed,
                    printable(error.what()));
      return failed_record(pending, options_, error.what());
    }
  }

  bool stopped() const { return halted_ || (options_.stop != nullptr && *options_.stop); }

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
  RecordWriter& writer_;
  const SweepOptions& options_;
  Progress& progress_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::int64_t trained_ = 0, failed_ = 0;
  std::exception_ptr problem_;
  std::atomic<bool> halted_ = false;
};

}  // namespace

SweepOutcome run_sweep(const Plan& plan, const RecordIndex& known, RecordWriter& writer, const SweepOptions& options,
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
