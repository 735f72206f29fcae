// Trainers that take over from one another, and seeds that share one: no bit of a seed may show it.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "support/torch_test.h"
#include "tiny_setup.h"
#include "train/fused/aten_kernels.h"
#include "train/fused/cpu_kernels.h"
#include "train/fused/trainer.h"
#include "train/reference/trainer.h"

using namespace seedscape;

namespace {

using MakeTrainer = std::function<std::unique_ptr<Trainer>(const TrainerSetup&)>;

template <class KernelSet>
MakeTrainer fused(std::int64_t chunk_tokens) {
  return [=](const TrainerSetup& setup) {
    return std::make_unique<FusedTrainer>(
        setup, FusedTrainer::Engine{.kernels = std::make_unique<KernelSet>(), .chunk_tokens = chunk_tokens});
  };
}

MakeTrainer reference() {
  return [](const TrainerSetup& setup) { return std::make_unique<ReferenceTrainer>(setup); };
}

constexpr std::int64_t kSteps = 16;

TrainerSetup setup_of(std::vector<SeedPair> seeds, std::int64_t population = 0) {
  TrainerSetup setup = tiny_setup();
  setup.seeds = std::move(seeds);
  setup.population = population;
  setup.train.steps = kSteps;
  return setup;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool same_bits(const SeedState& a, const SeedState& b) {
  return same_bits(a.weights, b.weights) && same_bits(a.first_moment, b.first_moment) &&
         same_bits(a.second_moment, b.second_moment);
}

std::vector<SeedState> states_of(Trainer& trainer, std::size_t S) {
  std::vector<SeedState> states;
  for (std::size_t s = 0; s < S; ++s) states.push_back(trainer.state(s));
  return states;
}

void train(Trainer& trainer, std::int64_t until) {
  while (trainer.steps_done() < until) trainer.step();
}

SeedState trained_alone(const MakeTrainer& make, const SeedPair& seed, std::int64_t population) {
  const auto trainer = make(setup_of({seed}, population));
  train(*trainer, kSteps);
  return trainer->state(0);
}

/// How many of the seeds that train together come out otherwise than alone among padding: in every order, with a
/// neighbour that is not a number, one that retires, in other populations.
int disturbed_seeds(const MakeTrainer& make, const std::vector<std::int64_t>& populations, int most_orders = 24) {
  const std::vector<SeedPair> seeds{{1, 2}, {3, 4}, {1, 4}, {7, 7}};
  std::vector<SeedState> alone;
  for (const SeedPair& seed : seeds) alone.push_back(trained_alone(make, seed, populations.front()));
  int disturbed = 0;
  for (const std::int64_t population : populations) {
    std::vector<std::size_t> order{0, 1, 2, 3};
    int orders = 0;
    do {
      std::vector<SeedPair> ordered;
      for (const std::size_t i : order) ordered.push_back(seeds[i]);
      const auto trainer = make(setup_of(ordered, population));
      train(*trainer, 5);
      auto states = states_of(*trainer, 4);
      states[0].weights[0] = NAN;  // the first seed is sick from now on, the second one ends
      trainer->restore(5, states);
      train(*trainer, 11);
      trainer->retire(1);
      train(*trainer, kSteps);
      for (const std::size_t slot : {2U, 3U}) disturbed += !same_bits(trainer->state(slot), alone[order[slot]]);
    } while (++orders < most_orders && std::next_permutation(order.begin(), order.end()));
  }
  return disturbed;
}

/// One norm over all seeds: the sick one's reaches its neighbours.
class GlobalNorm final : public AtenKernels {
  void gradient_norm(const torch::Tensor& gradient, const torch::Tensor& norm) override {
    norm.copy_(gradient.to(torch::kFloat64).norm().expand_as(norm));
  }
};

/// Norms of columns, the seeds lying innermost: their order of summation follows the number of seeds.
class SeedTrailingNorm final : public AtenKernels {
  void gradient_norm(const torch::Tensor& gradient, const torch::Tensor& norm) override {
    const torch::Tensor trailing = gradient.t().contiguous();  // [P, S]
    norm.copy_((trailing * trailing).sum(0).sqrt().to(torch::kFloat64));
  }
};

}  // namespace

TEST_CASE("resume: a trainer that takes over at any step ends with the same bits", "[train]") {
  struct Way {
    const char* name;
    MakeTrainer make;
    std::vector<SeedPair> seeds;
  };
  const Way ways[] = {{"reference", reference(), {{1, 2}}},
                      {"vectors", fused<CpuKernels>(64), {{1, 2}}},
                      {"vectors, whole batches", fused<CpuKernels>(1 << 20), {{5, 6}}},
                      {"ATen", fused<AtenKernels>(1 << 20), {{1, 2}}},
                      {"ATen, three seeds in chunks", fused<AtenKernels>(40), {{1, 2}, {3, 4}, {1, 4}}}};
  for (const Way& way : ways) {
    const TrainerSetup setup = setup_of(way.seeds);
    const auto undisturbed = way.make(setup);
    train(*undisturbed, kSteps);
    for (std::int64_t step = 1; step < kSteps; step += 3) {
      CAPTURE(way.name, step);
      const auto first = way.make(setup);
      train(*first, step);
      const auto second = way.make(setup);
      second->restore(step, states_of(*first, way.seeds.size()));
      CHECK(second->steps_done() == step);
      train(*second, kSteps);
      for (std::size_t s = 0; s < way.seeds.size(); ++s) CHECK(same_bits(second->state(s), undisturbed->state(s)));
    }
  }
}

TEST_CASE("resume: a fork goes on from its own count of steps", "[train]") {
  TrainerSetup setup = setup_of({{1, 2}});
  setup.train.first_step = 8;
  for (const MakeTrainer& make : {reference(), fused<CpuKernels>(64)}) {
    const auto undisturbed = make(setup), first = make(setup), second = make(setup);
    train(*undisturbed, kSteps);
    train(*first, 13);
    second->restore(13, states_of(*first, 1));
    train(*second, kSteps);
    CHECK(same_bits(second->state(0), undisturbed->state(0)));
  }
}

TEST_CASE("resume: a trainer that was asked for predictions before it took over does not mix them up", "[train]") {
  const TrainerSetup setup = setup_of({{1, 2}});
  const auto make = fused<CpuKernels>(64);
  const auto first = make(setup), second = make(setup);
  const Batch batch = setup.batches(2, 0);
  const EvalBatch problems{.rows = batch.rows, .columns = batch.columns, .tokens = batch.tokens};
  second->predict(0, problems);
  train(*first, 0);
  SeedState state = first->state(0);
  state.weights[0] += 1;
  second->restore(0, {state});
  first->restore(0, {state});
  CHECK(second->predict(0, problems).log_probability == first->predict(0, problems).log_probability);
}

TEST_CASE("independence: no seed feels its slot, its neighbours, a sick or a retired one, or the population",
          "[train]") {
  CHECK(disturbed_seeds(fused<AtenKernels>(1 << 20), {5, 4}) == 0);
  CHECK(disturbed_seeds(fused<CpuKernels>(64), {4, 5, 6}) == 0);
}

TEST_CASE("independence: a global norm and a reduction along seeds would be found out", "[train]") {
  CHECK(disturbed_seeds(fused<GlobalNorm>(1 << 20), {4}, 1) > 0);
  CHECK(disturbed_seeds(fused<SeedTrailingNorm>(1 << 20), {4, 8, 16, 32}, 2) > 0);
}
