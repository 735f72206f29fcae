#include "train_group.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/hash.h"
#include "seedscape/model/weights_file.h"
#include "seedscape/store/paths.h"
#include "seedscape/sweep/cost.h"

namespace seedscape {

namespace {

constexpr double kQuick_s = 1, kLargestShare = 0.1;  // a checkpoint takes less, or else less of the time between two

/// Weights that overflowed in the last update show in no loss.
bool all_finite(const std::vector<float>& weights) {
  return std::all_of(weights.begin(), weights.end(), [](float weight) { return std::isfinite(weight); });
}

/// The stored record of a run with the test lengths that it lacks, or nothing if its weights are not to be had.
std::optional<SeedRecord> test_stored(const PendingRun& pending, const Worker& worker) {
  const Cell& cell = pending.cell->cell;
  const SeedRecord& stored = *pending.untested;
  const std::filesystem::path file = paths::weights(worker.writer.dir, stored.run_id, stored.step);
  if (!file_exists(file)) return std::nullopt;
  std::vector<float> weights;
  try {
    weights = read_weights_file(file, ParameterLayout(model_shape(cell)));
  } catch (const Error& error) {
    spdlog::warn("[train] {}; the run is trained again", error.what());
    return std::nullopt;
  }
  if (sha256_hex(std::span(weights)) != stored.weights_digest) {
    spdlog::warn("[train] {}: not the weights of the stored result; the run is trained again", file.string());
    return std::nullopt;
  }
  const std::vector<PendingRun> alone{pending};
  const GroupTrainer trainer(alone, worker, {std::move(weights)});
  worker.progress.skipped(*pending.cell, stored.step - cell.train.first_step);
  SeedRecord record = stored;
  for (const std::int64_t length : worker.config.eval.lengths) {
    const auto place = std::ranges::lower_bound(record.lengths, length, {}, &LengthScores::length);
    if (place == record.lengths.end() || place->length != length) record.lengths.insert(place, trainer.test(0, length));
  }
  return record;
}

/// The way of some runs of one cell to their records.
class Group {
 public:
  /// Goes on from `start` if there is one.
  Group(const std::vector<PendingRun>& runs, const Worker& worker, const std::optional<Checkpoint>& start)
      : runs_(runs),
        seeds_(runs_.size()),
        cell_(runs_.at(0).cell->cell),
        worker_(worker),
        config_(worker.config),
        trainer_(runs_, worker, start ? std::vector<std::vector<float>>() : first_weights(runs_)) {
    if (start) restore(*start);
  }

  void train(CheckpointSeries& checkpoints) {
    try {
      settle();
      while (in_training() > 0) {
        if (since_checkpoint() >= config_.store.checkpoint_every) keep(checkpoints);
        worker_.go_on();
        step();
        settle();
      }
    } catch (const Interrupted&) {
      if (trainer_->steps_done() > cell_.train.first_step) keep(checkpoints);
      throw;
    }
  }

 private:
  struct Seed {
    bool ended = false;
    bool settled = false;          // what follows from the last update is stored
    std::optional<double> loss{};  // of the last update
    double wall_s = 0;
  };

  std::int64_t in_training() const { return std::ranges::count(seeds_, false, &Seed::ended); }

  void restore(const Checkpoint& start) {
    std::vector<SeedState> states;
    for (std::size_t s = 0; s < runs_.size(); ++s) {
      const RunInFlight& run = start.runs.at(s);
      states.push_back(run.state);
      seeds_[s] = {.settled = run.settled, .loss = run.loss, .wall_s = run.wall_s};
      worker_.progress.skipped(*runs_[s].cell, start.step - cell_.train.first_step);
    }
    trainer_->restore(start.step, states);
    spdlog::debug("[train] {} seed={} goes on at step {}", cell_label(config_, cell_), runs_[0].run->seed, start.step);
  }

  double since_checkpoint() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - last_checkpoint_).count();
  }

  /// Stores the state of the runs in training.
  void keep(CheckpointSeries& checkpoints) {
    if (in_training() == 0) return;
    share_time();
    Checkpoint checkpoint{
        .step = trainer_->steps_done(), .fingerprint = worker_.writer.fingerprint, .mark = worker_.writer.runs.mark()};
    for (std::size_t s = 0; s < runs_.size(); ++s) {
      const Seed& seed = seeds_[s];
      if (seed.ended) continue;
      checkpoint.runs.push_back({.run_id = runs_[s].run->run_id,
                                 .attempt = runs_[s].attempt,
                                 .loss = seed.loss,
                                 .wall_s = seed.wall_s,
                                 .settled = seed.settled,
                                 .state = trainer_->state(s)});
    }
    checkpoints.write(checkpoint);
    const double cost_s = lap();
    spdlog::debug("[train] {} seed={}: checkpoint at step {} took {:.1f} ms", cell_label(config_, cell_),
                  runs_[0].run->seed, checkpoint.step, 1e3 * cost_s);
    if (cost_s > kQuick_s && cost_s > kLargestShare * config_.store.checkpoint_every && !std::exchange(warned_, true)) {
      spdlog::warn("[train] a checkpoint took {:.1f} s; a longer store.checkpoint_every than {} s costs less", cost_s,
                   config_.store.checkpoint_every);
    }
    last_checkpoint_ = std::chrono::steady_clock::now();
  }

  void step() {
    const std::vector<double> losses = trainer_->step();
    for (std::size_t s = 0; s < runs_.size(); ++s) {
      if (seeds_[s].ended) continue;
      seeds_[s].loss = losses.at(s);
      seeds_[s].settled = false;
      worker_.progress.stepped(*runs_[s].cell);
    }
  }

  /// Does what follows from the last update for each seed for which it is not yet done.
  void settle() {
    for (std::size_t s = 0; s < runs_.size(); ++s) {
      if (seeds_[s].ended || seeds_[s].settled) continue;
      settle(s);
      seeds_[s].settled = true;
    }
  }

  /// The end of seed `s`, or a point of its curve, or nothing.
  void settle(std::size_t s) {
    const std::int64_t step = trainer_->steps_done();
    if (step == cell_.train.first_step) return begin(s);
    if (!std::isfinite(*seeds_[s].loss)) {
      trainer_->retire(s);
      end(s, diverged(s, "loss or gradient is not finite"));
    } else if (step == cell_.train.steps || trainer_.has_converged(s)) {
      trainer_->retire(s);
      finish(s);
    } else if (config_.eval.every > 0 && step % config_.eval.every == 0) {
      keep_point(s);
    }
  }

  void begin(std::size_t s) {
    if (config_.eval.every > 0) {
      keep_point(s);
    } else if (config_.store.weights == "all") {
      trainer_.store(s, trainer_->weights(s), trainer_->steps_done());
    }
  }

  /// Ends a training whose updates are done.
  void finish(std::size_t s) {
    const std::vector<float> weights = trainer_->weights(s);
    if (!all_finite(weights)) return end(s, diverged(s, "weights are not finite"));
    const SeedRecord record = evaluated(s, weights);
    if (config_.eval.every > 0) worker_.writer.curves.append(record);
    if (config_.store.weights != "none") trainer_.store(s, weights, record.step);
    end(s, record);
  }

  void end(std::size_t s, const SeedRecord& record) {
    seeds_[s].ended = true;
    worker_.ended(runs_[s], record);
  }

  /// Seconds since the last call.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(lap_start_, now)).count();
  }

  /// The time since the last lap belongs in equal parts to the seeds in training, so that the times of a group's runs
  /// add up to its own.
  void share_time() {
    const double share = lap() / static_cast<double>(in_training());
    for (Seed& seed : seeds_) {
      if (!seed.ended) seed.wall_s += share;
    }
  }

  SeedRecord record_so_far(std::size_t s) const {
    SeedRecord record = new_record(runs_[s], worker_.device);
    record.step = trainer_->steps_done();
    record.wall_s = seeds_[s].wall_s;
    return record;
  }

  SeedRecord evaluated(std::size_t s, const std::vector<float>& weights) {
    share_time();
    std::vector<LengthScores> lengths = trainer_.test(s);
    seeds_[s].wall_s += lap();
    SeedRecord record = record_so_far(s);
    record.lengths = std::move(lengths);
    record.train_loss = seeds_[s].loss;
    record.weights_digest = sha256_hex(std::span(weights));
    return record;
  }

  SeedRecord diverged(std::size_t s, const std::string& reason) {
    share_time();
    SeedRecord record = record_so_far(s);
    record.status = RunStatus::diverged;
    record.reason = reason;
    return record;
  }

  /// A point of the curve before the last.
  void keep_point(std::size_t s) {
    const std::vector<float> weights = trainer_->weights(s);
    if (!all_finite(weights)) return;  // the next loss shows it
    worker_.writer.curves.append(evaluated(s, weights));
    if (config_.store.weights == "all") trainer_.store(s, weights, trainer_->steps_done());
  }

  const std::vector<PendingRun> runs_;
  std::vector<Seed> seeds_;
  const Cell& cell_;
  const Worker& worker_;
  const SweepConfig& config_;
  std::chrono::steady_clock::time_point lap_start_ = std::chrono::steady_clock::now(), last_checkpoint_ = lap_start_;
  bool warned_ = false;
  const GroupTrainer trainer_;
};

}  // namespace

SeedRecord new_record(const PendingRun& pending, const std::string& device) {
  SeedRecord record;
  record.run_id = pending.run->run_id;
  record.seed = pending.run->seed;
  record.init_seed = pending.run->seeds.init;
  record.data_seed = pending.run->seeds.data;
  record.attempt = pending.attempt;
  record.device = device;
  return record;
}

void train_group(WorkItem& item, const Worker& worker) {
  std::vector<PendingRun> to_train;
  for (const PendingRun& pending : item.runs) {
    std::optional<SeedRecord> tested;
    if (pending.untested != nullptr && !item.start) tested = test_stored(pending, worker);
    if (tested) {
      worker.ended(pending, *tested);
    } else {
      to_train.push_back(pending);
    }
  }
  if (!to_train.empty()) Group(to_train, worker, item.start).train(item.checkpoints);
  item.checkpoints.remove();
}

}  // namespace seedscape
