#include <cmath>

#include "sick_seed.h"
#include "support/torch_test.h"
#include "tiny_setup.h"
#include "train/fused/aten_kernels.h"
#include "train/fused/cpu_kernels.h"
#include "train/fused/trainer.h"
#include "train/reference/trainer.h"

using namespace seedscape;

namespace {

struct Variant {
  const char* name;
  std::int64_t width, depth, head_width, batch, context, vocabulary;
  double rotary_fraction;
  const char* residual;
};

constexpr Variant kVariants[] = {{"as the demo", 32, 2, 16, 8, 33, 40, 0.25, "parallel"},
                                 {"one after the other, all dims turn", 32, 2, 8, 4, 17, 12, 1.0, "sequential"},
                                 {"one head, odd vocabulary", 24, 3, 24, 3, 20, 29, 0.5, "parallel"},
                                 {"long context", 16, 1, 16, 2, 256, 12, 0.25, "sequential"}};

TrainerSetup setup_of(const Variant& variant, std::vector<SeedPair> seeds) {
  SweepConfig config = small_sweep();
  config.task.vocabulary = variant.vocabulary;
  config.train.batch = variant.batch;
  config.train.context = variant.context;
  config.train.steps = 100;
  config.train.warmup_steps = 10;
  config.train.learning_rate = 2e-3;
  config.model = {.width = variant.width,
                  .depth = variant.depth,
                  .head_width = variant.head_width,
                  .rotary_fraction = variant.rotary_fraction,
                  .residual = variant.residual};
  return setup_of_sweep(config, std::move(seeds));
}

FusedTrainer::Engine aten(torch::Dtype dtype, std::int64_t chunk_tokens = 1 << 20, std::int64_t logit_columns = 1) {
  return {.kernels = std::make_unique<AtenKernels>(logit_columns),
          .precision = {dtype, dtype},
          .chunk_tokens = chunk_tokens};
}

FusedTrainer::Engine vectors(std::int64_t chunk_tokens = 64) {
  return {.kernels = std::make_unique<CpuKernels>(), .chunk_tokens = chunk_tokens};
}

/// Away from the nearly linear start, where many gradients are almost zero, and norms away from 1 and 0.
void shake(torch::Tensor weights) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor noise = torch::sin(torch::arange(weights.numel(), torch::kFloat64) * 12.9898) * 0.1;
  weights.copy_((weights.to(torch::kFloat64) * 3 + noise).to(torch::kFloat32));  // the same in every precision
}

double difference(const torch::Tensor& a, const torch::Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

}  // namespace

TEST_CASE("fused: loss and the gradient of every tensor agree with autograd in double", "[train]") {
  for (const Variant& variant : kVariants) {
    for (const auto& [chunk_tokens, logit_columns] : {std::pair{1, 1}, {1 << 20, 1}, {1 << 20, 32}}) {
      const TrainerSetup setup = setup_of(variant, {{3, 4}});
      ReferenceTrainer reference(setup, torch::kFloat64);
      FusedTrainer fused(setup, aten(torch::kFloat64, chunk_tokens, logit_columns));
      shake(reference.model().weights());
      shake(fused.all_weights()[0]);
      const torch::Tensor loss = reference.loss(setup.batches(4, 7)), expected = reference.gradient(loss);
      const torch::Tensor gradient = fused.gradient(7)[0];
      CHECK(fused.loss()[0].item<double>() == Approx(loss.item<double>()).epsilon(1e-12));
      for (const ParameterTensor& tensor : ParameterLayout(setup.shape).tensors) {
        INFO(variant.name << ", " << tensor.name << ", chunks of " << chunk_tokens << ", logits of " << logit_columns);
        const auto part = [&](const torch::Tensor& flat) { return flat.narrow(0, tensor.offset, tensor.size); };
        CHECK(difference(part(gradient), part(expected)) < 1e-10);
      }
    }
  }
}

TEST_CASE("fused: a hundred updates follow the reference trainer's in double", "[train]") {
  for (const Variant& variant : {kVariants[0], kVariants[1]}) {
    for (const char* scope : {"all", "matrices"}) {
      INFO(variant.name << ", decay of " << scope);
      TrainerSetup setup = setup_of(variant, {{5, 6}});
      setup.train.decay_scope = scope;
      setup.train.clip_norm = 0.8;  // clips often
      ReferenceTrainer reference(setup, torch::kFloat64);
      FusedTrainer fused(setup, aten(torch::kFloat64, 64));
      for (int step = 0; step < 100; ++step) REQUIRE(fused.step()[0] == Approx(reference.step()[0]).epsilon(1e-9));
      CHECK(difference(fused.all_weights()[0], reference.model().weights()) < 1e-9);
    }
  }
}

TEST_CASE("fused: each of several seeds trains as it does alone", "[train]") {
  const Variant& variant = kVariants[1];
  FusedTrainer together(setup_of(variant, {{1, 2}, {3, 4}, {1, 4}}), aten(torch::kFloat64));
  FusedTrainer alone(setup_of(variant, {{3, 4}}), aten(torch::kFloat64));
  for (int step = 0; step < 20; ++step) CHECK(together.step()[1] == Approx(alone.step()[0]).epsilon(1e-12));
  CHECK(difference(together.all_weights()[1], alone.all_weights()[0]) < 1e-12);
}

TEST_CASE("fused: a seed that is not a number leaves its neighbours' bits alone", "[train]") {
  const Variant& variant = kVariants[0];
  const TrainerSetup setup = setup_of(variant, {{1, 2}, {3, 4}, {5, 6}});
  FusedTrainer sick(setup, aten(torch::kFloat32)), well(setup, aten(torch::kFloat32));
  check_that_a_sick_seed_harms_nobody(sick, well);
}

TEST_CASE("fused: padding changes no bit of a seed, nor does a neighbour that retires", "[train]") {
  TrainerSetup setup = setup_of(kVariants[0], {{1, 2}, {3, 4}});
  setup.population = 5;
  FusedTrainer together(setup, aten(torch::kFloat32));
  setup.seeds = {{3, 4}};
  FusedTrainer padded(setup, aten(torch::kFloat32));
  for (int step = 0; step < 6; ++step) {
    if (step == 2) together.retire(0);
    const std::vector<float> before = together.weights(0);
    const std::vector<double> losses = together.step();
    CHECK(losses.size() == 2);
    CHECK(std::isnan(losses[0]) == (step >= 2));
    CHECK((together.weights(0) == before) == (step >= 2 || step == 0));  // the first rate is 0
    CHECK(losses[1] == padded.step()[0]);
  }
  CHECK(together.weights(1) == padded.weights(0));
}

TEST_CASE("fused: predictions are those of the reference trainer", "[train]") {
  TrainerSetup setup = setup_of(kVariants[2], {{1, 2}, {3, 4}});
  FusedTrainer fused(setup, aten(torch::kFloat64, 40, /*logit_columns=*/32));
  setup.seeds = {{3, 4}};
  ReferenceTrainer reference(setup, torch::kFloat64);
  for (int step = 0; step < 3; ++step) {
    fused.step();
    reference.step();
  }
  EvalBatch batch{.rows = 6, .columns = 11};
  for (int i = 0; i < 66; ++i) batch.tokens.push_back(static_cast<Token>(i * 7 % 29));
  batch.choices = {2, 5, 9};
  const Predictions ours = fused.predict(1, batch), theirs = reference.predict(0, batch);
  CHECK(ours.token == theirs.token);
  CHECK(ours.choice == theirs.choice);
  for (std::size_t i = 0; i < ours.log_probability.size(); ++i)
    CHECK(ours.log_probability[i] == Approx(theirs.log_probability[i]).margin(1e-6));
  fused.step();
  CHECK(fused.predict(1, batch).log_probability != ours.log_probability);
}

TEST_CASE("fused: gradients on CPU vectors agree with autograd in double to fp32's precision", "[train]") {
  for (const Variant& variant : kVariants) {
    const TrainerSetup setup = setup_of(variant, {{3, 4}});
    ReferenceTrainer reference(setup, torch::kFloat64);
    FusedTrainer fused(setup, vectors());
    shake(reference.model().weights());
    shake(fused.all_weights()[0]);
    const torch::Tensor loss = reference.loss(setup.batches(4, 7)), expected = reference.gradient(loss);
    const torch::Tensor gradient = fused.gradient(7)[0].to(torch::kFloat64);
    CHECK(fused.loss()[0].item<double>() == Approx(loss.item<double>()).epsilon(1e-6));
    for (const ParameterTensor& tensor : ParameterLayout(setup.shape).tensors) {
      INFO(variant.name << ", " << tensor.name);
      const auto part = [&](const torch::Tensor& flat) { return flat.narrow(0, tensor.offset, tensor.size); };
      CHECK(difference(part(gradient), part(expected)) < 1e-5);
    }
  }
}

TEST_CASE("fused: a hundred updates on CPU vectors stay close to the reference trainer's in fp32", "[train]") {
  const TrainerSetup setup = setup_of(kVariants[0], {{5, 6}});
  ReferenceTrainer reference(setup, torch::kFloat64);
  FusedTrainer fused(setup, vectors());
  const torch::Tensor start = reference.model().weights().clone();
  for (int step = 0; step < 100; ++step) REQUIRE(fused.step()[0] == Approx(reference.step()[0]).epsilon(1e-5));
  const torch::Tensor change = reference.model().weights() - start;
  const torch::Tensor ours = fused.all_weights()[0].to(torch::kFloat64) - start;
  CHECK(difference(ours, change) < 1e-2);
}

TEST_CASE("fused: bf16 operands train nearly as fp32 does, and not equally", "[train]") {
  const TrainerSetup setup = setup_of(kVariants[0], {{5, 6}});
  FusedTrainer whole(setup, aten(torch::kFloat32)), half(setup, {.kernels = std::make_unique<AtenKernels>(),
                                                                 .precision = {torch::kFloat32, torch::kBFloat16},
                                                                 .chunk_tokens = 64});
  double furthest = 0;
  for (int step = 0; step < 40; ++step) furthest = std::max(furthest, std::abs(whole.step()[0] - half.step()[0]));
  CHECK(furthest < 5e-2);
  CHECK(furthest > 1e-5);
}

TEST_CASE("fused: the same seed gives the same bits, whatever ran in between", "[train]") {
  const TrainerSetup setup = setup_of(kVariants[2], {{5, 6}});
  FusedTrainer first(setup, vectors()), second(setup, vectors());
  EvalBatch batch{.rows = 2, .columns = 5, .tokens = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1}};
  for (int step = 0; step < 8; ++step) {
    first.step();
    first.predict(0, batch);
  }
  for (int step = 0; step < 8; ++step) second.step();
  CHECK(first.weights(0) == second.weights(0));
}

TEST_CASE("fused: batches that travel to the step, and loss and norm that travel back, change no bit", "[train]") {
  TrainerSetup setup = setup_of(kVariants[0], {{1, 2}, {3, 4}});
  setup.train.steps = 4;
  FusedTrainer::Engine engine = aten(torch::kFloat32);
  // Any device but the CPU makes the runner copy; the step itself stays where it is.
  engine.make_runner = [](FusedStep& step, torch::Device) {
    return std::make_unique<StepRunner>(step, torch::Device(torch::kMeta));
  };
  FusedTrainer far(setup, std::move(engine)), near(setup, aten(torch::kFloat32));
  for (int step = 0; step < 4; ++step) CHECK(far.step() == near.step());
  CHECK(far.weights(1) == near.weights(1));
  CHECK(far.gradient(2).equal(near.gradient(2)));
}
