#include "bench_run.h"

#include <algorithm>
#include <chrono>

#include "seedscape/train/memory.h"

namespace seedscape {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatches = 4;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

std::unique_ptr<BenchRun> make_bench_run(const BenchShape& shape, const Options& options, const std::string& device,
                                         std::int64_t S) {
  TaskConfig task_config;
  task_config.kind = "count";
  task_config.vocabulary = shape.V - 4;
  task_config.train_length = {1, std::min<std::int64_t>(30, shape.T / 4)};
  auto run = std::make_unique<BenchRun>();
  run->task = make_task(task_config);
  TrainerSetup& setup = run->setup;
  setup.model = {.width = shape.D, .depth = shape.L, .head_width = shape.K};
  setup.train = {.steps = 1000000000,
                 .batch = shape.B,
                 .context = shape.T + 1,
                 .learning_rate = 1e-3,
                 .trainer = options.trainer,
                 .precision = options.precision};
  setup.shape = model_shape(setup.model, run->task->vocabulary().size());
  for (std::uint64_t s = 0; s < static_cast<std::uint64_t>(S); ++s) setup.seeds.push_back({s, s});
  setup.device = device;
  setup.kernels = options.kernels;
  setup.batches = [batches = &run->batches](std::uint64_t, std::int64_t step) {
    return (*batches)[static_cast<std::size_t>(step) % kBatches];
  };
  const Clock::time_point start = Clock::now();
  for (std::size_t i = 0; i < kBatches; ++i)
    run->batches.push_back(training_batch(*run->task, task_config, setup.train, 0, static_cast<std::int64_t>(i)));
  run->data_s = seconds_since(start) / kBatches;
  return run;
}

std::int64_t default_bench_seeds(const BenchShape& shape, const Options& options, const std::string& device) {
  const std::optional<Card> card = options.trainer == "fused" ? find_card(device) : std::nullopt;
  if (!card) return 1;
  const TrainerSetup setup = make_bench_run(shape, options, device, 1)->setup;
  return default_population(setup.shape, setup.model, setup.train, *card);
}

Timing measure(const TrainerSetup& setup, double seconds) {
  constexpr int kWarmUp = 3;
  const std::unique_ptr<Trainer> trainer = make_trainer(setup);
  for (int i = 0; i < kWarmUp; ++i) trainer->step();
  std::vector<double> times;
  const Clock::time_point start = Clock::now();
  do {
    const Clock::time_point step_start = Clock::now();
    trainer->step();
    times.push_back(seconds_since(step_start) / static_cast<double>(setup.seeds.size()));
  } while (seconds_since(start) < seconds);
  std::sort(times.begin(), times.end());
  return {.median_s = times[times.size() / 2], .min_s = times.front()};
}

}  // namespace seedscape
