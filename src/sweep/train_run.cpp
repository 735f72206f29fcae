#include "train_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/printable.h"
#include "seedscape/eval/scores.h"
#include "seedscape/model/hf_folder.h"
#include "seedscape/model/init.h"
#include "seedscape/model/weights_file.h"
#include "seedscape/store/paths.h"

namespace seedscape {

namespace {

constexpr std::int64_t kStopSequences = 256;  // test problems that decide about an early end, where they are sampled

/// Weights that overflowed in the last update show in no loss.
bool all_finite(const std::vector<float>& weights) {
  return std::all_of(weights.begin(), weights.end(), [](float weight) { return std::isfinite(weight); });
}

class Run {
 public:
  Run(const PendingRun& pending, const SweepConfig& config, const SweepOptions& options, ResultWriter& writer,
      const std::function<bool()>& stopped, Progress& progress)
      : pending_(pending),
        cell_(pending.cell->cell),
        config_(config),
        options_(options),
        writer_(writer),
        stopped_(stopped),
        progress_(progress),
        task_(make_task(cell_.task)),
        shape_(model_shape(cell_.model, task_->vocabulary().size())) {}

  SeedRecord train() {
    make_trainer(first_weights());
    std::optional<double> loss;
    if (config_.eval.every > 0) {
      keep_point(loss);
    } else if (config_.store.weights == "all") {
      store(trainer_->weights(0), trainer_->steps_done());
    }
    while (trainer_->steps_done() < cell_.train.steps) {
      go_on();
      loss = trainer_->step().front();
      progress_.stepped(*pending_.cell);
      if (!std::isfinite(*loss)) return diverged("loss or gradient is not finite");
      const std::int64_t step = trainer_->steps_done();
      const bool on_curve = config_.eval.every > 0 && step % config_.eval.every == 0;
      if (has_converged()) break;
      if (on_curve && step < cell_.train.steps) keep_point(loss);
    }
    const std::vector<float> weights = trainer_->weights(0);
    if (!all_finite(weights)) return diverged("weights are not finite");
    SeedRecord record = evaluated(weights, loss);
    if (config_.eval.every > 0) writer_.curves.append(record);
    if (config_.store.weights != "none") store(weights, record.step);
    return record;
  }

  /// The stored record with the test lengths that it lacks, or nothing if its weights are not to be had.
  std::optional<SeedRecord> test_stored() {
    const SeedRecord& stored = *pending_.untested;
    const std::filesystem::path file = paths::weights(writer_.dir, stored.run_id, stored.step);
    if (!std::filesystem::exists(file)) return std::nullopt;
    std::vector<float> weights;
    try {
      weights = read_weights_file(file, ParameterLayout(shape_));
    } catch (const Error& error) {
      spdlog::warn("[train] {}; the run is trained again", error.what());
      return std::nullopt;
    }
    if (sha256_hex(std::span(weights)) != stored.weights_digest) {
      spdlog::warn("[train] {}: not the weights of the stored result; the run is trained again", file.string());
      return std::nullopt;
    }
    make_trainer({std::move(weights)});
    progress_.stepped(*pending_.cell, stored.step - cell_.train.first_step);  // they need no time
    SeedRecord record = stored;
    for (const std::int64_t length : test_lengths()) {
      const auto place = std::ranges::lower_bound(record.lengths, length, {}, &LengthScores::length);
      if (place == record.lengths.end() || place->length != length) record.lengths.insert(place, test(length));
    }
    return record;
  }

 private:
  void go_on() const {
    if (stopped_()) throw Interrupted();
  }

  /// Empty where the init seed decides.
  std::vector<std::vector<float>> first_weights() const {
    if (!cell_.train.from) return {};
    std::vector<float> weights = read_hf_folder(*cell_.train.from, shape_, cell_.model);
    if (sha256_hex(std::span(weights)) != cell_.start) {
      throw Error(ErrorKind::corrupt,
                  "the weights in " + printable(*cell_.train.from) + " changed while the sweep ran");
    }
    reset_weights(ParameterLayout(shape_), shape_.L, cell_.train.reset, pending_.run->seeds.init, weights);
    return {std::move(weights)};
  }

  void make_trainer(std::vector<std::vector<float>> weights) {
    trainer_ = options_.make_trainer({.shape = shape_,
                                      .model = cell_.model,
                                      .train = cell_.train,
                                      .seeds = {pending_.run->seeds},
                                      .batches =
                                          [this](std::uint64_t data_seed, std::int64_t step) {
                                            return training_batch(*task_, cell_.task, cell_.train, data_seed, step);
                                          },
                                      .device = options_.device,
                                      .weights = std::move(weights)});
  }

  std::vector<std::int64_t> test_lengths() const {
    std::vector<std::int64_t> lengths = config_.eval.lengths;
    std::ranges::sort(lengths);  // a record holds them ascending, whatever order the config gives
    return lengths;
  }

  Predict predict() {
    return [this](const EvalBatch& batch) {
      go_on();
      return trainer_->predict(0, batch);
    };
  }

  LengthScores test(std::int64_t length) {
    return {length, evaluate(*task_, config_.eval, length, pending_.run->seeds.data, predict())};
  }

  /// Whether train.stop_score is reached, looked at every train.stop_every steps on a test set that no eval.* key
  /// changes.
  bool has_converged() {
    const TrainConfig& train = cell_.train;
    if (train.stop_score == 0 || trainer_->steps_done() % train.stop_every != 0) return false;
    const EvalConfig fixed{.sequences = kStopSequences};
    const Scores scores = evaluate(*task_, fixed, cell_.task.train_length.max, 0, predict());
    return scores.front().second >= train.stop_score;  // exact_match
  }

  SeedRecord record_so_far() const {
    SeedRecord record = new_record(pending_, options_);
    record.step = trainer_->steps_done();
    record.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    return record;
  }

  SeedRecord evaluated(const std::vector<float>& weights, std::optional<double> loss) {
    std::vector<LengthScores> lengths;
    for (const std::int64_t length : test_lengths()) lengths.push_back(test(length));
    SeedRecord record = record_so_far();
    record.lengths = std::move(lengths);
    record.train_loss = loss;
    record.weights_digest = sha256_hex(std::span(weights));
    return record;
  }

  SeedRecord diverged(const std::string& reason) const {
    SeedRecord record = record_so_far();
    record.status = RunStatus::diverged;
    record.reason = reason;
    return record;
  }

  /// A point of the curve before the last.
  void keep_point(std::optional<double> loss) {
    const std::vector<float> weights = trainer_->weights(0);
    if (!all_finite(weights)) return;  // the next loss shows it
    writer_.curves.append(evaluated(weights, loss));
    if (config_.store.weights == "all") store(weights, trainer_->steps_done());
  }

  void store(const std::vector<float>& weights, std::int64_t step) const {
    const std::string& id = pending_.run->run_id;
    make_folder(paths::weights(writer_.dir, id));
    publish(paths::weights(writer_.dir, id, step),
            weights_file_bytes(ParameterLayout(shape_), weights, {{"run_id", id}, {"step", std::to_string(step)}}));
  }

  const PendingRun& pending_;
  const Cell& cell_;
  const SweepConfig& config_;
  const SweepOptions& options_;
  ResultWriter& writer_;
  const std::function<bool()>& stopped_;
  Progress& progress_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::unique_ptr<Task> task_;
  const ModelShape shape_;
  std::unique_ptr<Trainer> trainer_;
};

}  // namespace

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

SeedRecord train_run(const PendingRun& pending, const SweepConfig& config, const SweepOptions& options,
                     ResultWriter& writer, const std::function<bool()>& stopped, Progress& progress) {
  Run run(pending, config, options, writer, stopped, progress);
  if (pending.untested != nullptr) {
    if (std::optional<SeedRecord> record = run.test_stored()) return *std::move(record);
  }
  return run.train();
}

}  // namespace seedscape
