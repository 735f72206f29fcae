#include "train/fused/batch_loader.h"

#include <atomic>

#include "support/torch_test.h"
#include "train/fused/kernels.h"

using namespace seedscape;

namespace {

/// Batches of one row and three columns that name their seed and step; `calls` counts them.
TrainerSetup setup_of(std::vector<SeedPair> seeds, std::int64_t steps, std::shared_ptr<std::atomic<int>> calls) {
  TrainerSetup setup;
  setup.seeds = std::move(seeds);
  setup.train.steps = steps;
  setup.batches = [calls](std::uint64_t seed, std::int64_t step) {
    ++*calls;
    if (step == 7) throw std::runtime_error("no batch for step 7");
    const auto mark = static_cast<Token>(100 * seed + static_cast<std::uint64_t>(step));
    return Batch{.rows = 1, .columns = 3, .tokens = {mark, mark + 10, mark + 20}, .loss_mask = {0, 1, 0}};
  };
  return setup;
}

std::vector<StepInputs> places(std::int64_t S, std::size_t count) {
  std::vector<StepInputs> sets;
  for (std::size_t i = 0; i < count; ++i) {
    sets.push_back({.tokens = torch::zeros({S, 2}, torch::kInt32),
                    .targets = torch::zeros({S, 2}, torch::kInt32),
                    .loss_weight = torch::zeros({S}, torch::kFloat64),
                    .rates = torch::zeros({3}, torch::kFloat64)});
  }
  return sets;
}

torch::Tensor ints(std::initializer_list<std::int32_t> values) {
  return torch::tensor(std::vector<std::int32_t>(values), torch::kInt32).view({-1, 2});
}

}  // namespace

TEST_CASE("batch loader: targets are the next tokens, or not counted, and the loss is their mean", "[train]") {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  BatchLoader loader(setup_of({{0, 2}, {0, 5}}, 10, calls), places(2, 1));
  const StepInputs& inputs = loader.load(3);
  CHECK(inputs.tokens.equal(ints({203, 213, 503, 513})));
  CHECK(inputs.targets.equal(ints({213, kNotCounted, 513, kNotCounted})));
  CHECK(inputs.loss_weight.equal(torch::ones({2}, torch::kFloat64)));
  CHECK(*calls == 2);
}

TEST_CASE("batch loader: with two places it is one step ahead, and a place stays while the other is written",
          "[train]") {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  std::vector<SeedPair> seeds;
  for (std::uint64_t s = 0; s < 5; ++s) seeds.push_back({0, s});
  BatchLoader loader(setup_of(seeds, 4, calls), places(5, 2));
  BatchLoader plain(setup_of(seeds, 4, std::make_shared<std::atomic<int>>(0)), places(5, 1));
  const StepInputs* before = nullptr;
  for (std::int64_t step = 0; step < 4; ++step) {
    const StepInputs& inputs = loader.load(step);
    CHECK(&inputs != before);
    CHECK(inputs.tokens.equal(plain.load(step).tokens));
    CHECK(inputs.targets.equal(plain.load(step).targets));
    before = &inputs;
  }
  CHECK(*calls == 20);  // none for a step after the last
}

TEST_CASE("batch loader: a step out of turn has its own batches", "[train]") {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  BatchLoader loader(setup_of({{0, 1}}, 20, calls), places(1, 2));
  CHECK(loader.load(0).tokens.equal(ints({100, 110})));
  CHECK(loader.load(9).tokens.equal(ints({109, 119})));
  CHECK(loader.load(1).tokens.equal(ints({101, 111})));
}

TEST_CASE("batch loader: a batch that cannot be made ahead is an error of its own step", "[train]") {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  BatchLoader loader(setup_of({{0, 1}, {0, 2}}, 20, calls), places(2, 2));
  CHECK_NOTHROW(loader.load(6));
  CHECK_THROWS_WITH(loader.load(7), "no batch for step 7");
  CHECK(loader.load(8).tokens.equal(ints({108, 118, 208, 218})));
}
