#include "train/reference/trainer.h"

#include <cmath>
#include <thread>

#include "seedscape/base/error.h"
#include "seedscape/model/init.h"
#include "support/torch_test.h"
#include "tiny_setup.h"

using namespace seedscape;

namespace {

std::vector<float> trained(const TrainerSetup& setup, int steps) {
  ReferenceTrainer trainer(setup);
  for (int i = 0; i < steps; ++i) trainer.step();
  return trainer.weights(0);
}

EvalBatch test_batch(std::vector<std::vector<Token>> rows, Token padding) {
  EvalBatch batch;
  batch.rows = static_cast<std::int64_t>(rows.size());
  for (const auto& row : rows) batch.columns = std::max(batch.columns, static_cast<std::int64_t>(row.size()));
  for (auto& row : rows) {
    row.resize(static_cast<std::size_t>(batch.columns), padding);
    batch.tokens.insert(batch.tokens.end(), row.begin(), row.end());
  }
  return batch;
}

}  // namespace

TEST_CASE("trainer: gradients agree with finite differences in double, for every tensor", "[train]") {
  for (const char* residual : {"parallel", "sequential"}) {
    TrainerSetup setup = tiny_setup();
    setup.model.residual = residual;
    setup.model.head_width = 8;
    setup.model.rotary_fraction = 0.5;
    setup.shape = model_shape(setup.model, setup.shape.V);
    ReferenceTrainer trainer(setup, torch::kFloat64);
    const ParameterLayout layout(setup.shape);
    const Batch batch = setup.batches(0, 0);
    const torch::NoGradGuard no_grad;
    torch::Tensor weights = trainer.model().weights();
    weights.mul_(5);  // away from the nearly linear start, where many gradients are almost zero
    torch::Tensor gradient;
    {
      const torch::AutoGradMode with_grad(true);
      gradient = trainer.gradient(trainer.loss(batch));
    }
    const auto loss_with = [&](std::int64_t i, double shift) {
      weights[i] += shift;
      const auto loss = trainer.loss(batch).item<double>();
      weights[i] -= shift;
      return loss;
    };
    for (const ParameterTensor& tensor : layout.tensors) {
      INFO(residual << " " << tensor.name);
      for (const std::int64_t e : {std::int64_t{0}, tensor.size / 3, tensor.size / 2, tensor.size - 1}) {
        constexpr double h = 1e-5;
        const std::int64_t i = tensor.offset + e;
        const double difference = (loss_with(i, h) - loss_with(i, -h)) / (2 * h);
        CHECK(gradient[i].item<double>() == Approx(difference).epsilon(1e-6).margin(1e-9));
      }
    }
  }
}

TEST_CASE("trainer: the first update has rate 0, the second moves the weights", "[train]") {
  const TrainerSetup setup = tiny_setup();
  const std::vector<float> start = initial_weights(ParameterLayout(setup.shape), 0);
  CHECK(trained(setup, 0) == start);
  CHECK(trained(setup, 1) == start);
  CHECK(trained(setup, 2) != start);
}

TEST_CASE("trainer: given weights take the place of drawn ones, to the bit", "[train]") {
  TrainerSetup drawn = tiny_setup({3, 5}), given = tiny_setup({99, 5});
  given.weights = {initial_weights(ParameterLayout(drawn.shape), 3)};
  CHECK(trained(given, 4) == trained(drawn, 4));
  given.weights[0].pop_back();
  CHECK_THROWS(ReferenceTrainer(given));
}

TEST_CASE("trainer: a later first step takes the data and the rate of that step", "[train]") {
  TrainerSetup setup = tiny_setup();
  setup.train.first_step = 3;
  std::vector<std::int64_t> steps;
  const BatchSource batches = setup.batches;
  setup.batches = [&](std::uint64_t seed, std::int64_t step) {
    steps.push_back(step);
    return batches(seed, step);
  };
  ReferenceTrainer trainer(setup);
  CHECK(trainer.steps_done() == 3);
  const std::vector<float> start = trainer.weights(0);
  trainer.step();
  CHECK(steps == std::vector<std::int64_t>{3});
  CHECK(trainer.steps_done() == 4);
  // The first update of AdamW moves a weight by the rate, here 0.01 * factor(3) = 0.005, and decays a scale of 1 by
  // 0.0005.
  double largest = 0;
  const std::vector<float> after = trainer.weights(0);
  for (std::size_t i = 0; i < start.size(); ++i) largest = std::max(largest, std::abs(double(after[i]) - start[i]));
  CHECK(largest == Approx(0.0055).epsilon(0.001));
}

TEST_CASE("trainer: the loss of the first batch is near the logarithm of the vocabulary", "[train]") {
  ReferenceTrainer trainer(tiny_setup());
  CHECK(trainer.step().at(0) == Approx(std::log(16)).margin(0.05));
  CHECK(trainer.steps_done() == 1);
}

TEST_CASE("trainer: the loss is the mean over counted targets only", "[train]") {
  const TrainerSetup setup = tiny_setup();
  ReferenceTrainer trainer(setup, torch::kFloat64);
  Batch batch = setup.batches(0, 0);
  const auto whole = trainer.loss(batch).item<double>();
  double sum = 0;
  int counted = 0;
  for (std::size_t i = 0; i < batch.loss_mask.size(); ++i) {
    if (batch.loss_mask[i] == 0) continue;
    Batch only = batch;
    std::fill(only.loss_mask.begin(), only.loss_mask.end(), std::uint8_t{0});
    only.loss_mask[i] = 1;
    sum += trainer.loss(only).item<double>();
    ++counted;
  }
  CHECK(counted > 5);
  CHECK(whole == Approx(sum / counted).epsilon(1e-12));
}

TEST_CASE("trainer: the same seed gives the same bits, alone and beside another thread", "[train]") {
  const std::vector<float> expected = trained(tiny_setup({3, 3}), 5);
  CHECK(trained(tiny_setup({3, 3}), 5) == expected);
  std::vector<std::vector<float>> results(2);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 2; ++i)
      threads.emplace_back([&, i] { results[i] = trained(tiny_setup({3 + i, 3 + i}), 5); });
  }
  CHECK(results[0] == expected);
  CHECK(results[1] != expected);
}

TEST_CASE("trainer: weights start from the init seed, batches come from the data seed", "[train]") {
  CHECK(trained(tiny_setup({1, 8}), 0) == trained(tiny_setup({1, 9}), 0));
  CHECK(trained(tiny_setup({1, 8}), 0) != trained(tiny_setup({2, 8}), 0));
  CHECK(trained(tiny_setup({1, 8}), 3) != trained(tiny_setup({1, 9}), 3));
}

TEST_CASE("trainer: a prediction speaks of the token at its own column, given those before it", "[train]") {
  const TrainerSetup setup = tiny_setup();
  ReferenceTrainer trainer(setup);
  for (int i = 0; i < 3; ++i) trainer.step();
  const EvalBatch batch = test_batch({{12, 3, 5, 13, 3, 4}}, 15);
  const Predictions predictions = trainer.predict(0, batch);
  const torch::NoGradGuard no_grad;
  const torch::Tensor tokens =
      torch::tensor(std::vector<std::int64_t>(batch.tokens.begin(), batch.tokens.end())).view({1, 6});
  const torch::Tensor expected = trainer.model().forward(tokens).log_softmax(-1)[0];  // [T, V]
  for (std::int64_t t = 1; t < 6; ++t) {
    const auto at = static_cast<std::size_t>(t);
    CHECK(predictions.log_probability[at] == Approx(expected[t - 1][batch.tokens[at]].item<float>()).epsilon(1e-5));
    CHECK(predictions.token[at] == expected[t - 1].argmax().item<std::int64_t>());
  }
}

TEST_CASE("trainer: a choice is the most probable of the batch's choices at its column", "[train]") {
  ReferenceTrainer trainer(tiny_setup());
  for (int i = 0; i < 3; ++i) trainer.step();
  EvalBatch batch = test_batch({{12, 3, 5, 13, 3, 4}, {12, 7, 8, 13, 7, 8}}, 15);
  CHECK(trainer.predict(0, batch).choice.empty());
  batch.choices = {2, 6, 9, 11};
  const Predictions predictions = trainer.predict(0, batch);
  REQUIRE(predictions.choice.size() == 12);
  const torch::NoGradGuard no_grad;
  const torch::Tensor tokens =
      torch::tensor(std::vector<std::int64_t>(batch.tokens.begin(), batch.tokens.end())).view({2, 6});
  const torch::Tensor logits = trainer.model().forward(tokens);  // [B, T, V]
  for (std::int64_t row = 0; row < 2; ++row) {
    for (std::int64_t t = 1; t < 6; ++t) {
      const auto logit = [&](Token token) { return logits[row][t - 1][token].item<float>(); };
      CHECK(predictions.choice[static_cast<std::size_t>(row * 6 + t)] ==
            *std::ranges::max_element(batch.choices, {}, logit));
    }
  }
}

TEST_CASE("trainer: neither padding nor later tokens change what a prediction says", "[train]") {
  ReferenceTrainer trainer(tiny_setup());
  for (int i = 0; i < 3; ++i) trainer.step();
  const Predictions alone = trainer.predict(0, test_batch({{12, 1, 2, 13, 1}}, 15));
  const Predictions padded =
      trainer.predict(0, test_batch({{12, 3, 9, 13, 3, 4, 5, 6, 7, 8, 9}, {12, 1, 2, 13, 1}}, 15));
  for (std::size_t t = 1; t < 5; ++t) {
    CHECK(padded.log_probability[11 + t] == Approx(alone.log_probability[t]).epsilon(1e-5));
    CHECK(padded.token[11 + t] == alone.token[t]);
  }
}

TEST_CASE("trainer: predicting between steps leaves the training untouched", "[train]") {
  ReferenceTrainer trainer(tiny_setup());
  for (int i = 0; i < 4; ++i) {
    trainer.step();
    trainer.predict(0, test_batch({{12, 1, 2, 13, 1, 2, 14}}, 15));
  }
  CHECK(trainer.weights(0) == trained(tiny_setup(), 4));
}

TEST_CASE("trainer: a retired seed is not updated any longer, but still predicts", "[train]") {
  const EvalBatch batch = test_batch({{12, 3, 5, 13, 3, 4}}, 15);
  ReferenceTrainer trainer(tiny_setup());
  for (int i = 0; i < 3; ++i) trainer.step();
  const std::vector<float> probabilities = trainer.predict(0, batch).log_probability;
  trainer.retire(0);
  CHECK(std::isnan(trainer.step().at(0)));
  CHECK(trainer.steps_done() == 4);
  CHECK(trainer.weights(0) == trained(tiny_setup(), 3));
  CHECK(trainer.predict(0, batch).log_probability == probabilities);
}

TEST_CASE("trainer: a training that blows up reports a loss that is not finite", "[train]") {
  TrainerSetup setup = tiny_setup();
  setup.train.learning_rate = 1e30;
  setup.train.steps = 20;
  ReferenceTrainer trainer(setup);
  bool finite = true;
  for (int i = 0; i < 20 && finite; ++i) finite = std::isfinite(trainer.step().at(0));
  CHECK_FALSE(finite);
}

TEST_CASE("trainer: attention looks back by distance: the same tokens further on attend alike", "[train]") {
  // Rotary positions make scores depend on t - t' only: with all dims rotating, a whole sequence moved behind one that
  // is masked off would give equal outputs; here the first token alone sees no other, wherever the sequence ends.
  TrainerSetup setup = tiny_setup();
  ReferenceTrainer trainer(setup, torch::kFloat64);
  const torch::NoGradGuard no_grad;
  const torch::Tensor repeated = torch::full({1, 9}, 5, torch::kInt64);
  const torch::Tensor logits = trainer.model().forward(repeated)[0];
  // Equal tokens have equal values, so any weights over them give the same output at every position.
  for (int t = 1; t < 9; ++t) CHECK(torch::allclose(logits[t], logits[0], 1e-10, 1e-12));
}

TEST_CASE("trainer: a device that does not exist is refused with those that do", "[train]") {
  TrainerSetup setup = tiny_setup();
  setup.device = "cuda:9";
  try {
    const ReferenceTrainer trainer(setup);
    FAIL("cuda:9 was accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::resources);
    CHECK(std::string(error.what()).find("no such device: cuda:9 (this machine has: cpu") == 0);
  }
}

TEST_CASE("trainer: a tiny model learns to count at the lengths it is trained on", "[train]") {
  TrainerSetup setup = tiny_setup();
  SweepConfig config = small_sweep();
  setup.model.width = 32;
  setup.shape = model_shape(setup.model, setup.shape.V);
  setup.train.steps = config.train.steps = 400;
  setup.train.batch = config.train.batch = 8;
  setup.train.warmup_steps = 20;
  const std::shared_ptr<const Task> task = make_task(config.task);
  setup.batches = [&](std::uint64_t data_seed, std::int64_t step) {
    return training_batch(*task, config.task, config.train, data_seed, step);
  };
  ReferenceTrainer trainer(setup);
  double loss = 0;
  while (trainer.steps_done() < 400) loss = trainer.step().at(0);
  CHECK(loss < 0.1);
  const Scores scores =
      evaluate(*task, config.eval, 4, 0, [&](const EvalBatch& batch) { return trainer.predict(0, batch); });
  CHECK(scores.at(0).first == "exact_match");
  CHECK(scores.at(0).second >= 0.9);
}
