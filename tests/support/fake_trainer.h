#pragma once
// A sweep without LibTorch.

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "seedscape/sweep/run_sweep.h"

namespace seedscape {

/// A trainer whose seeds have a first weight that is a function of their start, their data and their steps, and which
/// can be told to fail. It predicts everything right, with probabilities that depend on that weight.
class FakeTrainer : public Trainer {
 public:
  /// Seeds are data seeds; steps are those done.
  struct Behaviour {
    std::uint64_t throws_at_seed = 99, diverges_at_seed = 99, overflows_at_seed = 99;
    std::function<bool(std::uint64_t seed, std::int64_t step)> knows = [](auto, auto) { return true; };
    std::function<void(const TrainerSetup&)> at_start = [](const auto&) {};
    std::function<void()> at_step = [] {}, at_predict = [] {};
    std::function<void(std::uint64_t seed, std::int64_t step)> at_update = [](auto, auto) {};
  };

  FakeTrainer(const TrainerSetup& setup, Behaviour behaviour)
      : setup_(setup),
        behaviour_(std::move(behaviour)),
        steps_(setup.train.first_step),
        sums_(setup.seeds.size()),
        retired_(setup.seeds.size()) {
    behaviour_.at_start(setup);
    for (std::size_t s = 0; s < setup.weights.size(); ++s) sums_.at(s) = setup.weights[s][0];
  }

  std::vector<double> step() override {
    behaviour_.at_step();
    std::vector<double> losses(sums_.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t s = 0; s < sums_.size(); ++s) {
      if (!retired_[s]) losses[s] = update(s);
    }
    ++steps_;
    return losses;
  }
  void retire(std::size_t s) override { retired_.at(s) = true; }
  std::int64_t steps_done() const override { return steps_; }
  Predictions predict(std::size_t s, const EvalBatch& batch) override {
    behaviour_.at_predict();
    const bool right = behaviour_.knows(setup_.seeds.at(s).data, steps_);
    return {right ? batch.tokens : std::vector<Token>(batch.tokens.size(), -1),
            std::vector<float>(batch.tokens.size(), -1 / (1 + std::abs(sums_[s])))};
  }
  SeedState state(std::size_t s) override {
    SeedState state{weights(s), std::vector<float>(weights(s).size()), std::vector<float>(weights(s).size())};
    state.first_moment[0] = sums_[s];  // also where the weights overflow
    return state;
  }
  void restore(std::int64_t steps_done, const std::vector<SeedState>& states) override {
    steps_ = steps_done;
    for (std::size_t s = 0; s < sums_.size(); ++s) sums_[s] = states.at(s).first_moment[0];
  }
  std::vector<float> weights(std::size_t s) override {
    std::vector<float> weights(static_cast<std::size_t>(parameter_count(setup_.shape)));
    weights[0] = setup_.seeds.at(s).data == behaviour_.overflows_at_seed ? INFINITY : sums_[s];
    weights[1] = static_cast<float>(setup_.shape.L);
    return weights;
  }

 private:
  double update(std::size_t s) {
    const std::uint64_t seed = setup_.seeds[s].data;
    behaviour_.at_update(seed, steps_);
    if (seed == behaviour_.throws_at_seed && steps_ == setup_.train.first_step + 2)
      throw std::runtime_error("the card fell off the bus\x1b[0m");
    const Batch batch = setup_.batches(seed, steps_);
    for (const Token token : batch.tokens) sums_[s] = 0.99f * sums_[s] + static_cast<float>(token);
    const bool diverges = seed == behaviour_.diverges_at_seed && steps_ == 2;
    return diverges ? std::numeric_limits<double>::quiet_NaN() : sums_[s];
  }

  TrainerSetup setup_;
  Behaviour behaviour_;
  std::int64_t steps_;
  std::vector<float> sums_;
  std::vector<bool> retired_;
};

/// A walk over a plan with fake trainers, and what the folder holds after it.
struct Walked {
  SweepOutcome outcome;
  RecordIndex records;
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
