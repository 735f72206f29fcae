#include "seedscape/train/memory.h"

#include "support/small_sweep.h"
#include "support/torch_test.h"
#include "tiny_setup.h"
#include "train/fused/aten_kernels.h"
#include "train/fused/device_limits.h"
#include "train/fused/runner.h"

using namespace seedscape;

namespace {

/// Counts what the CPU's allocator gives out and takes back on this thread.
class MemoryCount final : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, std::int64_t alloc_size, std::size_t, std::size_t, c10::Device) override {
    now_ += alloc_size;
    most_ = std::max(most_, now_);
  }
  bool memoryProfilingEnabled() const override { return true; }

  std::int64_t now() const { return now_; }
  std::int64_t most() const { return most_; }

 private:
  std::int64_t now_ = 0, most_ = 0;
};

struct Case {
  const char* name;
  std::int64_t V, D, L, K, B, T, S;
  const char *residual, *precision;
};
constexpr Case kCases[] = {{"attention rules", 30, 32, 2, 8, 4, 96, 2, "parallel", "fp32"},
                           {"one after the other", 30, 32, 3, 8, 4, 48, 1, "sequential", "fp32"},
                           {"units rule", 20, 64, 2, 64, 8, 16, 2, "parallel", "fp32"},
                           {"parameters rule", 40, 96, 4, 48, 1, 8, 3, "parallel", "fp32"},
                           {"vocabulary rules", 900, 16, 1, 16, 4, 16, 2, "parallel", "fp32"},
                           {"bf16", 30, 32, 2, 8, 4, 96, 2, "parallel", "bf16"}};

TrainConfig train_of(const Case& sizes) {
  TrainConfig train = small_sweep().train;
  train.batch = sizes.B;
  train.context = sizes.T + 1;
  train.precision = sizes.precision;
  return train;
}

ModelConfig model_of(const Case& sizes) {
  return {.width = sizes.D, .depth = sizes.L, .head_width = sizes.K, .residual = sizes.residual};
}

}  // namespace

TEST_CASE("memory: a step's bytes are reckoned as they are taken", "[train]") {
  const torch::NoGradGuard no_grad;
  for (const Case& sizes : kCases) {
    INFO(sizes.name);
    const ModelConfig model = model_of(sizes);
    const TrainConfig train = train_of(sizes);
    const ModelShape shape = model_shape(model, sizes.V);
    const auto count = std::make_shared<MemoryCount>();
    const c10::DebugInfoGuard counted(c10::DebugInfoKind::PROFILER_STATE, count);
    AtenKernels kernels(kGpuLogitColumns);
    const Precision precision{.operand = train.precision == std::string("bf16") ? torch::kBFloat16 : torch::kFloat32};
    FusedStep step(shape, model, train, {sizes.S, sizes.B, sizes.T, sizes.B}, precision, torch::kCPU, kernels);
    step.run();
    const auto buffers = static_cast<double>(count->now());
    const double scratch = static_cast<double>(count->most()) - buffers;
    const StepMemory reckoned = step_memory(shape, model, train, sizes.S);
    CHECK(reckoned.buffer_bytes == Approx(buffers).epsilon(0.02));
    CHECK(reckoned.scratch_bytes >= scratch);
    CHECK(reckoned.scratch_bytes <= 1.5 * scratch);
  }
}

TEST_CASE("memory: the default population keeps a card busy, as far as its memory and LibTorch's limits allow",
          "[train]") {
  const auto population = [](std::int64_t D, std::int64_t batch, double gigabytes, std::int64_t context = 256) {
    const ModelConfig model{.width = D, .depth = 4, .head_width = std::min<std::int64_t>(D, 64)};
    TrainConfig train;
    train.batch = batch;
    train.context = context;
    return default_population(model_shape(model, 154), model, train,
                              {"a card", static_cast<std::int64_t>(gigabytes * 1e9)});
  };
  CHECK(population(64, 128, 140) == 66);
  CHECK(population(65, 128, 140) == 38);
  CHECK(population(512, 128, 140) == 3);
  CHECK(population(1024, 128, 140) == 1);
  CHECK(population(64, 128, 24) < 30);
  CHECK(population(64, 128, 24) > 10);
  CHECK(population(64, 128, 0.001) == 1);
  CHECK(population(64, 8000, 1e6) == 8);    // 8 x 8000 rows
  CHECK(population(64, 8, 140, 32) == 67);  // x 8 x 31 x 64 > 2^20
  CHECK(population(32, 8, 140, 32) == 133);
  CHECK(population(512, 8, 140, 32) == 9);
  CHECK(population(64, 64, 140, 32) == 66);
}

TEST_CASE("memory: most_seeds of a card fill four fifths of it and no more", "[train]") {
  const Case& sizes = kCases[0];
  const ModelConfig model = model_of(sizes);
  const ModelShape shape = model_shape(model, sizes.V);
  const Card card{"a card", 100'000'000};
  const std::int64_t S = most_seeds(shape, model, train_of(sizes), card);
  REQUIRE(S > 1);
  CHECK(step_memory(shape, model, train_of(sizes), S).total() <= 80e6);
  CHECK(step_memory(shape, model, train_of(sizes), S + 1).total() > 80e6);
  CHECK(most_seeds(shape, model, train_of(sizes), {"a small one", 1000}) == 0);
}

TEST_CASE("memory: a GPU that has too little is an error with the bytes and the seeds that fit", "[train]") {
  TrainerSetup setup = tiny_setup();
  setup.device = "cuda:0";
  setup.seeds.assign(100, {0, 0});
  const double one = step_memory(setup.shape, setup.model, setup.train, 1).total();
  const Error error = out_of_memory(setup, Card{"a card", static_cast<std::int64_t>(50 * one / 0.8)});
  CHECK(error.kind() == ErrorKind::resources);
  CHECK_THAT(error.what(),
             contains("cuda:0 is out of memory: 100 seeds") && contains("a card") && contains("--population "));
  CHECK_THAT(out_of_memory(setup, Card{"a card", 10}).what(), contains("not one fits"));

  setup.device = "cpu";
  const auto work = []() -> int { throw c10::OutOfMemoryError({}, ""); };
  CHECK_THROWS_AS(on_device(setup, work), Error);
}
