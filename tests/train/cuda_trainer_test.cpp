// The fused trainer on a GPU.

#include <cmath>

#include "gpu.h"
#include "seedscape/model/init.h"
#include "sick_seed.h"
#include "tiny_setup.h"
#include "train/fused/aten_kernels.h"
#include "train/fused/engine.h"
#include "train/reference/trainer.h"

using namespace seedscape;

namespace {

TrainerSetup setup_of(std::vector<SeedPair> seeds, const std::string& kernels = "aten",
                      const std::string& precision = "fp32") {
  TrainerSetup setup = tiny_setup();
  setup.seeds = std::move(seeds);
  setup.device = "cuda:0";
  setup.kernels = kernels;
  setup.train.steps = 100;
  setup.train.precision = precision;
  return setup;
}

/// At a width and with a batch as sweeps have them: cuBLAS chooses its kernels by the shape.
TrainerSetup wide_setup(std::int64_t width, std::vector<SeedPair> seeds, const std::string& kernels,
                        const std::string& precision) {
  SweepConfig config = small_sweep();
  config.model = {.width = width, .depth = 2, .head_width = 64};
  config.train.batch = 128;
  config.train.context = 256;
  config.train.steps = 100;
  config.train.precision = precision;
  TrainerSetup setup = setup_of_sweep(config, std::move(seeds));
  setup.device = "cuda:0";
  setup.kernels = kernels;
  return setup;
}

/// The same kernels, launched one by one.
FusedTrainer without_graph(const TrainerSetup& setup) {
  FusedTrainer::Engine engine = make_engine(setup);
  engine.make_runner = nullptr;
  return FusedTrainer(setup, std::move(engine));
}

std::vector<double> losses_of(Trainer& trainer, int steps) {
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) losses.push_back(trainer.step()[0]);
  return losses;
}

}  // namespace

TEST_CASE("cuda trainer: twenty updates follow the reference trainer's on the CPU", "[cuda]") {
  if (!find_test_gpu()) return;
  TrainerSetup on_cpu = setup_of({{3, 4}});
  on_cpu.device = "cpu";
  ReferenceTrainer reference(on_cpu);
  const std::vector<double> expected = losses_of(reference, 20);
  struct Case {
    const char *kernels, *precision;
    double tolerance;
  };
  for (const Case& one : {Case{"aten", "fp32", 1e-4},
                          {"own", "fp32", 1e-4},
                          {"aten", "tf32", 2e-2},
                          {"own", "bf16", 5e-2},
                          {"aten", "bf16", 5e-2}}) {
    INFO(one.kernels << ", " << one.precision);
    const std::unique_ptr<Trainer> fused = make_fused_trainer(setup_of({{3, 4}}, one.kernels, one.precision));
    const std::vector<double> losses = losses_of(*fused, 20);
    for (std::size_t i = 0; i < losses.size(); ++i) CHECK(losses[i] == Approx(expected[i]).epsilon(one.tolerance));
  }
}

TEST_CASE("cuda trainer: the precisions are not the same arithmetic", "[cuda]") {
  if (!find_test_gpu()) return;
  const auto losses = [](const char* precision) {
    return losses_of(*make_fused_trainer(wide_setup(64, {{3, 4}}, "aten", precision)), 5);
  };
  const std::vector<double> fp32 = losses("fp32");
  CHECK(losses("tf32") != fp32);
  CHECK(losses("bf16") != fp32);
  CHECK(losses("fp32") == fp32);  // the switch was put back
}

TEST_CASE("cuda trainer: making it leaves the weights as they were drawn", "[cuda]") {
  if (!find_test_gpu()) return;
  const TrainerSetup setup = setup_of({{3, 4}, {5, 6}});
  const std::unique_ptr<Trainer> trainer = make_fused_trainer(setup);
  CHECK(trainer->weights(1) == initial_weights(ParameterLayout(setup.shape), 5));
  const TrainerSetup first_only = setup_of({{3, 4}});
  CHECK(make_fused_trainer(first_only)->weights(0) == initial_weights(ParameterLayout(setup.shape), 3));
}

TEST_CASE("cuda trainer: a replayed graph gives the bits of launches one by one", "[cuda]") {
  if (!find_test_gpu()) return;
  for (const char* kernels : {"aten", "own"}) {
    const TrainerSetup setup = setup_of({{1, 2}, {3, 4}, {5, 6}}, kernels);
    const std::unique_ptr<Trainer> graph = make_fused_trainer(setup);
    FusedTrainer eager = without_graph(setup);
    for (int step = 0; step < 10; ++step) CHECK(graph->step() == eager.step());
    for (std::size_t s = 0; s < 3; ++s) CHECK(graph->weights(s) == eager.weights(s));
  }
}

TEST_CASE("cuda trainer: a seed has the same bits in every slot and beside any neighbours", "[cuda]") {
  if (!find_test_gpu()) return;
  for (const char* kernels : {"aten", "own"}) {
    const std::unique_ptr<Trainer> first = make_fused_trainer(setup_of({{1, 2}, {3, 4}, {5, 6}}, kernels));
    const std::unique_ptr<Trainer> last = make_fused_trainer(setup_of({{7, 8}, {9, 9}, {1, 2}}, kernels));
    for (int step = 0; step < 20; ++step) CHECK(first->step()[0] == last->step()[2]);
    CHECK(first->weights(0) == last->weights(2));
  }
}

TEST_CASE("cuda trainer: slot and neighbours change no bit at the shapes and populations of a sweep either", "[cuda]") {
  if (!find_test_gpu()) return;
  for (const auto& [width, S] : {std::pair<std::int64_t, std::size_t>{64, 66}, {512, 3}}) {
    std::vector<SeedPair> first_slot(S), last_slot(S);
    for (std::size_t s = 0; s < S; ++s) {
      first_slot[s] = {s + 1, s + 2};
      last_slot[s] = {1000 + s, 2000 + s};
    }
    last_slot.back() = first_slot.front();
    for (const auto& [kernels, precision] :
         {std::pair{"aten", "fp32"}, {"aten", "tf32"}, {"aten", "bf16"}, {"own", "bf16"}}) {
      INFO("width " << width << ", " << kernels << ", " << precision);
      const auto outcome = [&](const std::vector<SeedPair>& seeds, std::size_t s) {
        const std::unique_ptr<Trainer> trainer = make_fused_trainer(wide_setup(width, seeds, kernels, precision));
        for (int step = 0; step < 3; ++step) trainer->step();
        return trainer->weights(s);
      };
      const bool same_bits = outcome(first_slot, 0) == outcome(last_slot, S - 1);
      CHECK(same_bits);  // and not the millions of weights, which it would print
    }
  }
}

TEST_CASE("cuda trainer: a seed that is not a number leaves its neighbours' bits alone", "[cuda]") {
  if (!find_test_gpu()) return;
  for (const char* kernels : {"aten", "own"}) {
    const TrainerSetup setup = setup_of({{1, 2}, {3, 4}, {5, 6}}, kernels);
    FusedTrainer sick(setup, make_engine(setup)), well(setup, make_engine(setup));
    check_that_a_sick_seed_harms_nobody(sick, well);
  }
}

TEST_CASE("cuda trainer: predictions are the reference trainer's, between updates too", "[cuda]") {
  if (!find_test_gpu()) return;
  TrainerSetup setup = setup_of({{1, 2}, {3, 4}});
  const std::unique_ptr<Trainer> fused = make_fused_trainer(setup);
  setup.seeds = {{3, 4}};
  setup.device = "cpu";
  ReferenceTrainer reference(setup);
  EvalBatch batch{.rows = 6, .columns = 11};
  for (int i = 0; i < 66; ++i) batch.tokens.push_back(static_cast<Token>(i * 7 % setup.shape.V));
  for (int round = 0; round < 2; ++round) {
    for (int step = 0; step < 3; ++step) {
      fused->step();
      reference.step();
    }
    const Predictions ours = fused->predict(1, batch), theirs = reference.predict(0, batch);
    REQUIRE(ours.log_probability.size() == theirs.log_probability.size());
    for (std::size_t i = 0; i < ours.log_probability.size(); ++i)
      CHECK(ours.log_probability[i] == Approx(theirs.log_probability[i]).margin(1e-4));
  }
}

TEST_CASE("cuda trainer: a population that does not fit is refused with one that does", "[cuda]") {
  if (!find_test_gpu()) return;
  TrainerSetup setup = setup_of(std::vector<SeedPair>(4000, {1, 2}));
  setup.train.batch = 256;
  setup.train.context = 513;
  CHECK_THROWS_WITH(make_fused_trainer(setup), contains("out of memory") && contains("fit"));
}
