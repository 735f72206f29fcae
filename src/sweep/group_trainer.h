#pragma once
// The trainer of some runs of a cell, and what is tested and stored of each.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "seedscape/sweep/run_sweep.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Leaves a group that was asked to stop, from wherever it is.
struct Interrupted {};

/// Who trains a group, with what, and what becomes of its runs.
struct Worker {
  std::string device;
  const SweepConfig& config;
  const SweepOptions& options;
  ResultWriter& writer;
  Progress& progress;
  std::function<bool()> stopped;
  std::function<void(const PendingRun&, const SeedRecord&)> ended;  // told of each run as soon as it has

  /// Throws: Interrupted if `stopped` says so
  void go_on() const {
    if (stopped()) throw Interrupted();
  }
};

/// Run s is seed s of the trainer.
class GroupTrainer {
 public:
  /// `weights`: one vector for each run to start from, or none: then the init seeds decide.
  ///
  /// Requires: the runs are of one cell; `runs` and `worker` outlive this
  /// Throws:   as make_trainer
  GroupTrainer(const std::vector<PendingRun>& runs, const Worker& worker, std::vector<std::vector<float>> weights);
  GroupTrainer(const GroupTrainer&) = delete;

  Trainer* operator->() const { return trainer_.get(); }

  /// Scores of seed `s` as it is, for every test length, ascending.
  ///
  /// Throws: Interrupted between two batches of test problems
  std::vector<LengthScores> test(std::size_t s) const;
  LengthScores test(std::size_t s, std::int64_t length) const;

  /// Whether train.stop_score is reached, looked at every train.stop_every steps on a test set that no eval.* key
  /// changes.
  bool has_converged(std::size_t s) const;

  /// Publishes the weights of seed `s` after `step` updates.
  void store(std::size_t s, const std::vector<float>& weights, std::int64_t step) const;

 private:
  Predict predict(std::size_t s) const;

  const std::vector<PendingRun>& runs_;
  const Cell& cell_;
  const Worker& worker_;
  const std::unique_ptr<Task> task_;
  const ModelShape shape_;
  std::unique_ptr<Trainer> trainer_;
};

/// What train.from gives each run of a cell to start from; nothing where the init seeds decide.
///
/// Throws: Error(corrupt) if these are no longer the weights that were planned with
std::vector<std::vector<float>> first_weights(const std::vector<PendingRun>& runs);

}  // namespace seedscape
