#include "group_trainer.h"

#include <algorithm>
#include <utility>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/printable.h"
#include "seedscape/eval/scores.h"
#include "seedscape/model/hf_folder.h"
#include "seedscape/model/init.h"
#include "seedscape/model/weights_file.h"
#include "seedscape/store/paths.h"
#include "seedscape/sweep/cost.h"

namespace seedscape {

namespace {

constexpr std::int64_t kStopSequences = 256;  // test problems that decide about an early end, where they are sampled

}  // namespace

GroupTrainer::GroupTrainer(const std::vector<PendingRun>& runs, const Worker& worker,
                           std::vector<std::vector<float>> weights)
    : runs_(runs),
      cell_(runs.at(0).cell->cell),
      worker_(worker),
      task_(make_task(cell_.task)),
      shape_(model_shape(cell_.model, task_->vocabulary().size())) {
  std::vector<SeedPair> seeds;
  for (const PendingRun& pending : runs_) seeds.push_back(pending.run->seeds);
  trainer_ =
      worker_.options.make_trainer({.shape = shape_,
                                    .model = cell_.model,
                                    .train = cell_.train,
                                    .seeds = std::move(seeds),
                                    .batches =
                                        [this](std::uint64_t data_seed, std::int64_t step) {
                                          return training_batch(*task_, cell_.task, cell_.train, data_seed, step);
                                        },
                                    .device = worker_.device,
                                    .population = worker_.options.population(*runs_[0].cell),
                                    .weights = std::move(weights)});
}

Predict GroupTrainer::predict(std::size_t s) const {
  return [this, s](const EvalBatch& batch) {
    worker_.go_on();
    return trainer_->predict(s, batch);
  };
}

std::vector<LengthScores> GroupTrainer::test(std::size_t s) const {
  std::vector<std::int64_t> lengths = worker_.config.eval.lengths;
  std::ranges::sort(lengths);  // a record holds them ascending, whatever order the config gives
  std::vector<LengthScores> scores;
  for (const std::int64_t length : lengths) scores.push_back(test(s, length));
  return scores;
}

LengthScores GroupTrainer::test(std::size_t s, std::int64_t length) const {
  return {length, evaluate(*task_, worker_.config.eval, length, runs_[s].run->seeds.data, predict(s))};
}

bool GroupTrainer::has_converged(std::size_t s) const {
  const TrainConfig& train = cell_.train;
  if (train.stop_score == 0 || trainer_->steps_done() % train.stop_every != 0) return false;
  const EvalConfig fixed{.sequences = kStopSequences};
  const Scores scores = evaluate(*task_, fixed, cell_.task.train_length.max, 0, predict(s));
  return scores.front().second >= train.stop_score;  // exact_match
}

void GroupTrainer::store(std::size_t s, const std::vector<float>& weights, std::int64_t step) const {
  const std::filesystem::path& dir = worker_.writer.dir;
  const std::string& id = runs_[s].run->run_id;
  make_folder(paths::weights(dir, id));
  publish(paths::weights(dir, id, step),
          weights_file_bytes(ParameterLayout(shape_), weights, {{"run_id", id}, {"step", std::to_string(step)}}));
}

std::vector<std::vector<float>> first_weights(const std::vector<PendingRun>& runs) {
  const Cell& cell = runs.at(0).cell->cell;
  if (!cell.train.from) return {};
  const ModelShape shape = model_shape(cell);
  const std::vector<float> given = read_hf_folder(*cell.train.from, shape, cell.model);
  if (sha256_hex(std::span(given)) != cell.start)
    throw Error(ErrorKind::corrupt, "the weights in " + printable(*cell.train.from) + " changed while the sweep ran");
  std::vector<std::vector<float>> weights(runs.size(), given);
  for (std::size_t s = 0; s < runs.size(); ++s)
    reset_weights(ParameterLayout(shape), shape.L, cell.train.reset, runs[s].run->seeds.init, weights[s]);
  return weights;
}

}  // namespace seedscape
