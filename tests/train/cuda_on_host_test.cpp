// A fused trainer on our own GPU kernels, on the host's GPU, against the reference trainer.

#include <cmath>

#include "gpu.h"
#include "sick_seed.h"
#include "support/host_gpu.h"
#include "tiny_setup.h"
#include "train/cuda/cuda_kernels.h"
#include "train/fused/aten_kernels.h"
#include "train/fused/engine.h"
#include "train/reference/trainer.h"

using namespace seedscape;

namespace {

FusedTrainer own_trainer(const TrainerSetup& setup) {
  const torch::Device device = *find_test_gpu();
  return FusedTrainer(setup, {.kernels = make_own_kernels(device),
                              .precision = precision_of(setup.train.precision),
                              .device = device,
                              .chunk_tokens = setup.train.batch * setup.train.context});
}

TrainerSetup setup_of(const std::string& residual, const std::string& precision, std::vector<SeedPair> seeds) {
  TrainerSetup setup = tiny_setup();
  setup.train.steps = 100;
  setup.train.weight_decay = 0.1;
  setup.model.residual = residual;
  setup.train.precision = precision;
  setup.shape = model_shape(setup.model, setup.shape.V);
  setup.seeds = std::move(seeds);
  return setup;
}

}  // namespace

TEST_CASE("cuda on host: twenty updates on our own kernels follow the reference trainer's") {
  for (const char* residual : {"parallel", "sequential"}) {
    for (const auto& [precision, tolerance] : {std::pair{"fp32", 2e-6}, {"bf16", 5e-3}}) {
      for (const std::vector<SeedPair>& seeds : {std::vector<SeedPair>{{3, 4}}, {{3, 4}, {5, 6}, {7, 8}}}) {
        INFO(residual << ", " << precision << ", " << seeds.size() << " seeds");
        const std::int64_t before = host_gpu::launches();
        FusedTrainer own = own_trainer(setup_of(residual, precision, seeds));
        std::vector<std::unique_ptr<ReferenceTrainer>> references;
        references.reserve(seeds.size());
        for (const SeedPair& seed : seeds)
          references.push_back(std::make_unique<ReferenceTrainer>(setup_of(residual, "fp32", {seed})));
        for (int step = 0; step < 20; ++step) {
          const std::vector<double> losses = own.step();
          for (std::size_t s = 0; s < seeds.size(); ++s)
            CHECK(losses[s] == Approx(references[s]->step()[0]).epsilon(tolerance));
        }
        CHECK(host_gpu::launches() > before + std::int64_t{20} * 40);  // our kernels, not LibTorch's
      }
    }
  }
}

TEST_CASE("cuda on host: neither the order of threads nor the slot changes a bit of a seed") {
  const auto weights = [](std::uint64_t order, const std::vector<SeedPair>& seeds, std::size_t s) {
    host_gpu::draw_orders_from(order);
    FusedTrainer trainer = own_trainer(setup_of("parallel", "bf16", seeds));
    for (int step = 0; step < 3; ++step) trainer.step();
    return trainer.weights(s);
  };
  const std::vector<float> first = weights(1, {{1, 2}, {3, 4}, {5, 6}}, 0);
  CHECK(weights(2, {{1, 2}, {3, 4}, {5, 6}}, 0) == first);
  CHECK(weights(3, {{7, 8}, {9, 9}, {1, 2}}, 2) == first);
  CHECK(weights(4, {{1, 2}}, 0) == first);
}

TEST_CASE("cuda on host: a seed that is not a number leaves its neighbours' bits alone") {
  const TrainerSetup setup = setup_of("parallel", "fp32", {{1, 2}, {3, 4}, {5, 6}});
  FusedTrainer sick = own_trainer(setup), well = own_trainer(setup);
  check_that_a_sick_seed_harms_nobody(sick, well);
}

TEST_CASE("cuda on host: predictions are the reference trainer's") {
  TrainerSetup setup = setup_of("parallel", "fp32", {{1, 2}, {3, 4}});
  FusedTrainer own = own_trainer(setup);
  setup.seeds = {{3, 4}};
  ReferenceTrainer reference(setup);
  own.step();
  reference.step();
  EvalBatch batch{.rows = 6, .columns = 11};
  for (int i = 0; i < 66; ++i) batch.tokens.push_back(static_cast<Token>(std::int64_t{i} * 7 % setup.shape.V));
  const Predictions ours = own.predict(1, batch), theirs = reference.predict(0, batch);
  REQUIRE(ours.log_probability.size() == theirs.log_probability.size());
  for (std::size_t i = 0; i < ours.log_probability.size(); ++i)
    CHECK(ours.log_probability[i] == Approx(theirs.log_probability[i]).margin(1e-5));
}

TEST_CASE("cuda on host: kernels that were never tried on a GPU are used only when asked for") {
  const auto launched = [](KernelChoice choice) {
    const std::int64_t before = host_gpu::launches();
    const torch::Tensor z = torch::linspace(-3, 3, 12).view({1, 3, 4});
    make_gpu_kernels(choice, *find_test_gpu())->gelu(z, torch::empty_like(z));
    return host_gpu::launches() > before;
  };
  const auto& table = CudaKernels::table();
  const auto gelu = std::ranges::find(table, OwnKernel::Operation::gelu, &OwnKernel::operation);
  REQUIRE(gelu != table.end());
  CHECK(launched(KernelChoice::own));
  CHECK(launched(KernelChoice::tried) == (std::string(gelu->ran) != ""));
  CHECK_FALSE(launched(KernelChoice::aten));
}

TEST_CASE("cuda on host: tensors on another device and other types are left to LibTorch's operations") {
  const auto check = [](torch::Device device, torch::Dtype type) {
    const std::int64_t before = host_gpu::launches();
    const torch::Tensor z = torch::linspace(-3, 3, 12, type).view({1, 3, 4}), a = torch::empty_like(z);
    const torch::Tensor wanted_z = z.clone(), wanted_a = torch::empty_like(z);
    make_own_kernels(device)->gelu(z, a);
    AtenKernels().gelu(wanted_z, wanted_a);
    CHECK(a.equal(wanted_a));
    CHECK(z.equal(wanted_z));
    CHECK(host_gpu::launches() == before);
  };
  check(torch::Device("cuda:0"), torch::kFloat32);
  check(torch::kCPU, torch::kFloat64);
}

TEST_CASE("cuda on host: more seeds or tokens than a grid has blocks are left to LibTorch's operations") {
  const std::int64_t before = host_gpu::launches(), many = host_gpu::kMostBlocks + 1;
  const std::unique_ptr<Kernels> own = make_own_kernels(*find_test_gpu());
  const torch::Tensor z = torch::linspace(-3, 3, many).view({many, 1, 1}), a = torch::empty_like(z);
  const torch::Tensor wanted_z = z.clone(), wanted_a = torch::empty_like(z);
  own->gelu(z, a);
  AtenKernels().gelu(wanted_z, wanted_a);
  CHECK(a.equal(wanted_a));

  const torch::Tensor tokens = torch::tensor({0, 65535}, torch::kInt32).view({1, 2}), dx = torch::ones({1, 2, 1}),
                      d_table = torch::full({1, many, 1}, NAN);
  own->embed_gradient(tokens, dx, d_table, /*add=*/false);
  CHECK(d_table.sum().item<float>() == 2);
  CHECK(d_table[0][65535].item<float>() == 1);
  CHECK(host_gpu::launches() == before);
}
