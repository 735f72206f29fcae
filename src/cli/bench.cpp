// Time of one training step, at shapes with names.

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "commands.h"
#include "results.h"
#include "seedscape/tasks/batch.h"
#include "seedscape/train/trainer.h"
#include "text_table.h"

namespace seedscape {

namespace {

struct BenchShape {
  const char* name;
  std::int64_t V, D, L, K, B, T;
};
constexpr BenchShape kShapes[] = {{"tiny", 44, 32, 2, 16, 8, 32},
                                  {"demo", 44, 64, 2, 32, 16, 64},
                                  {"small", 154, 64, 4, 64, 128, 256},
                                  {"mid", 154, 128, 4, 64, 32, 256},
                                  {"wide", 154, 512, 4, 64, 8, 256}};

struct Timing {
  double median_s = 0, min_s = 0, data_s = 0, flops = 0;
};

/// The count task's training step as a sweep runs it, but for the batches, which are made beforehand and used in turn.
Timing measure(const BenchShape& bench, const std::string& device, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  constexpr std::size_t kBatches = 4;
  constexpr int kWarmUp = 3;

  TaskConfig task_config;
  task_config.kind = "count";
  task_config.vocabulary = bench.V - 4;
  task_config.train_length = {1, std::min<std::int64_t>(30, bench.T / 4)};
  ModelConfig model;
  model.width = bench.D;
  model.depth = bench.L;
  model.head_width = bench.K;
  TrainConfig train;
  train.steps = 1000000000;
  train.batch = bench.B;
  train.context = bench.T + 1;
  train.learning_rate = 1e-3;

  const std::unique_ptr<Task> task = make_task(task_config);
  std::vector<Batch> batches;
  const Clock::time_point data_start = Clock::now();
  for (std::size_t i = 0; i < kBatches; ++i)
    batches.push_back(training_batch(*task, task_config, train, 0, static_cast<std::int64_t>(i)));
  Timing timing;
  timing.data_s = since(data_start) / kBatches;

  const ModelShape shape = model_shape(model, task->vocabulary().size());
  const std::unique_ptr<Trainer> trainer = make_trainer(
      {.shape = shape,
       .model = model,
       .train = train,
       .seeds = {{0, 0}},
       .batches = [&](std::uint64_t, std::int64_t step) { return batches[static_cast<std::size_t>(step) % kBatches]; },
       .device = device});
  for (int i = 0; i < kWarmUp; ++i) trainer->step();
  std::vector<double> times;
  const Clock::time_point start = Clock::now();
  do {
    const Clock::time_point step_start = Clock::now();
    trainer->step();
    times.push_back(since(step_start));
  } while (since(start) < seconds);
  std::sort(times.begin(), times.end());
  timing.min_s = times.front();
  timing.median_s = times[times.size() / 2];
  timing.flops = step_flops(shape, bench.B, bench.T);
  return timing;
}

std::string fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace

ExitCode bench_command(const Options& options) {
  const std::string device = train_devices(options.device).front();
  const nlohmann::json fingerprint = train_fingerprint(device);
  const double peak = peak_flops(device) / 1e9;
  std::vector<std::vector<std::string>> rows{{"shape", "median ms", "min ms", "GFLOP/s", "% of peak", "data ms"}};
  nlohmann::ordered_json shapes = nlohmann::ordered_json::array();
  double last_median_ms = 0;
  for (const BenchShape& shape : kShapes) {
    const bool asked = std::find(options.shapes.begin(), options.shapes.end(), shape.name) != options.shapes.end();
    if (!asked && !options.shapes.empty()) continue;
    const Timing timing = measure(shape, device, options.seconds);
    const double median_ms = 1e3 * timing.median_s, min_ms = 1e3 * timing.min_s,
                 gflops = timing.flops / timing.median_s / 1e9;
    rows.push_back({shape.name, fixed(median_ms, 3), fixed(min_ms, 3), fixed(gflops, 1), fixed(100 * gflops / peak, 0),
                    fixed(1e3 * timing.data_s, 3)});
    shapes.push_back({{"name", shape.name},
                      {"trainer", options.trainer},
                      {"precision", options.precision},
                      {"device", device},
                      {"seeds", options.bench_seeds},
                      {"median_ms", median_ms},
                      {"min_ms", min_ms},
                      {"data_ms", 1e3 * timing.data_s},
                      {"gflops", gflops},
                      {"peak_gflops", peak}});
    last_median_ms = median_ms;
  }
  if (options.json) {
    write_output("-", nlohmann::ordered_json{{"machine", fingerprint}, {"shapes", shapes}}.dump(1) + "\n");
    return ExitCode::ok;
  }
  write_output("-", text_table(rows));
  if (shapes.size() == 1) std::printf("ms_per_step %.4f\n", last_median_ms);
  return ExitCode::ok;
}

}  // namespace seedscape
