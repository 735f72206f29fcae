#pragma once
// A sweep without LibTorch.

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "seedscape/sweep/run_sweep.h"

namespace seedscape {

/// A trainer whose first weight is a function of its start, its data and its steps, and that can be told to fail. It
/// predicts everything right.
class FakeTrainer : public Trainer {
 public:
  struct Behaviour {
    std::uint64_t throws_at_seed = 99, diverges_at_seed = 99, overflows_at_seed = 99;
    std::function<void()> at_step = [] {}, at_predict = [] {};
  };

  FakeTrainer(const TrainerSetup& setup, Behaviour behaviour)
      : setup_(setup),
        behaviour_(std::move(behaviour)),
        steps_(setup.train.first_step),
        sum_(setup.weights.empty() ? 0 : setup.weights[0]) {}

  std::vector<double> step() override {
    behaviour_.at_step();
    const std::uint64_t seed = setup_.seeds.at(0).data;
    if (seed == behaviour_.throws_at_seed && steps_ == setup_.train.first_step + 2)
      throw std::runtime_error("the card fell off the bus\x1b[0m");
    const Batch batch = setup_.batches(seed, steps_);
    for (const Token token : batch.tokens) sum_ = 0.99f * sum_ + static_cast<float>(token);
    ++steps_;
    return {seed == behaviour_.diverges_at_seed && steps_ == 3 ? std::numeric_limits<double>::quiet_NaN() : sum_};
  }
  std::int64_t steps_done() const override { return steps_; }
  Predictions predict(std::size_t, const EvalBatch& batch) override {
    behaviour_.at_predict();
    return {batch.tokens, std::vector<float>(batch.tokens.size(), -0.5f)};
  }
  std::vector<float> weights(std::size_t) override {
    std::vector<float> weights(static_cast<std::size_t>(parameter_count(setup_.shape)));
    weights[0] = setup_.seeds.at(0).data == behaviour_.overflows_at_seed ? INFINITY : sum_;
    weights[1] = static_cast<float>(setup_.shape.L);
    return weights;
  }

 private:
  TrainerSetup setup_;
  Behaviour behaviour_;
  std::int64_t steps_;
  float sum_;
};

/// A walk over a plan with fake trainers, and what the folder holds after it.
struct Walked {
  SweepOutcome outcome;
  std::map<std::string, SeedRecord> records;
};

inline Walked walk(const Plan& plan, const std::filesystem::path& dir, SweepOptions options,
                   FakeTrainer::Behaviour behaviour = {}) {
  options.make_trainer = [=](const TrainerSetup& setup) { return std::make_unique<FakeTrainer>(setup, behaviour); };
  const RecordIndex known = index_records(load_records(dir).records);
  Walked walked;
  {
    ResultWriter writer(dir, {{"test", true}});
    Progress progress(plan, known, options.retry_failed, Progress::Display::lines);
    walked.outcome = run_sweep(plan, known, writer, options, progress);
  }
  walked.records = index_records(load_records(dir).records);
  return walked;
}

}  // namespace seedscape
