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

constexpr std::size_t kBatches = 4;  // made beforehand and used in turn

/// The count task's training at a shape.
struct BenchRun {
  std::unique_ptr<Task> task;
  std::vector<Batch> batches;
  TrainerSetup setup;
  double data_s = 0;  // to make one batch
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The result stays where it is: its setup reads its batches.
std::unique_ptr<BenchRun> make_run(const BenchShape& bench, const Options& options, const std::string& device) {
  TaskConfig task_config;
  task_config.kind = "count";
  task_config.vocabulary = bench.V - 4;
  task_config.train_length = {1, std::min<std::int64_t>(30, bench.T / 4)};
  auto run = std::make_unique<BenchRun>();
  run->task = make_task(task_config);
  ModelConfig& model = run->setup.model;
  model.width = bench.D;
  model.depth = bench.L;
  model.head_width = bench.K;
  TrainConfig& train = run->setup.train;
  train.steps = 1000000000;
  train.batch = bench.B;
  train.context = bench.T + 1;
  train.learning_rate = 1e-3;
  train.trainer = options.trainer;
  train.precision = options.precision;
  run->setup.shape = model_shape(model, run->task->vocabulary().size());
  run->setup.seeds = {{0, 0}};
  run->setup.device = device;
  run->setup.batches = [batches = &run->batches](std::uint64_t, std::int64_t step) {
    return (*batches)[static_cast<std::size_t>(step) % kBatches];
  };
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kBatches; ++i)
    run->batches.push_back(training_batch(*run->task, task_config, train, 0, static_cast<std::int64_t>(i)));
  run->data_s = seconds_since(start) / kBatches;
  return run;
}

struct Timing {
  double median_s = 0, min_s = 0;
};

Timing measure(const TrainerSetup& setup, double seconds) {
  constexpr int kWarmUp = 3;
  const std::unique_ptr<Trainer> trainer = make_trainer(setup);
  for (int i = 0; i < kWarmUp; ++i) trainer->step();
  std::vector<double> times;
  const auto start = std::chrono::steady_clock::now();
  do {
    const auto step_start = std::chrono::steady_clock::now();
    trainer->step();
    times.push_back(seconds_since(step_start));
  } while (seconds_since(start) < seconds);
  std::sort(times.begin(), times.end());
  return {.median_s = times[times.size() / 2], .min_s = times.front()};
}

std::string fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// Where the time of a fused step goes. Layer norms, GELU and the like move bytes, products and attention compute.
std::string profile_table(const BenchShape& shape, const TrainerSetup& setup, double peak_gflops) {
  constexpr int kSteps = 5;
  const std::map<std::string, OperationTime> profile = step_profile(setup, kSteps);
  double whole_s = 0;
  for (const auto& [name, time] : profile) whole_s += time.seconds;
  std::vector<std::vector<std::string>> rows{{shape.name, "ms", "% of step", "GFLOP/s", "% of peak", "GB/s"}};
  for (const auto& [name, time] : profile) {
    const double gflops = time.flops / time.seconds / 1e9;
    rows.push_back({name, fixed(1e3 * time.seconds, 3), fixed(100 * time.seconds / whole_s, 1),
                    time.flops > 0 ? fixed(gflops, 1) : "", time.flops > 0 ? fixed(100 * gflops / peak_gflops, 0) : "",
                    time.bytes > 0 ? fixed(time.bytes / time.seconds / 1e9, 1) : ""});
  }
  rows.push_back({"step", fixed(1e3 * whole_s, 3), "100.0", "", "", ""});
  return text_table(rows);
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
    const std::unique_ptr<BenchRun> run = make_run(shape, options, device);
    if (options.profile) {
      write_output("-", profile_table(shape, run->setup, peak));
      continue;
    }
    const Timing timing = measure(run->setup, options.seconds);
    const double median_ms = 1e3 * timing.median_s, min_ms = 1e3 * timing.min_s,
                 gflops = step_flops(run->setup.shape, shape.B, shape.T) / timing.median_s / 1e9;
    rows.push_back({shape.name, fixed(median_ms, 3), fixed(min_ms, 3), fixed(gflops, 1), fixed(100 * gflops / peak, 0),
                    fixed(1e3 * run->data_s, 3)});
    shapes.push_back({{"name", shape.name},
                      {"trainer", options.trainer},
                      {"precision", options.precision},
                      {"device", device},
                      {"seeds", options.bench_seeds},
                      {"median_ms", median_ms},
                      {"min_ms", min_ms},
                      {"data_ms", 1e3 * run->data_s},
                      {"gflops", gflops},
                      {"peak_gflops", peak}});
    last_median_ms = median_ms;
  }
  if (options.profile) return ExitCode::ok;
  if (options.json) {
    write_output("-", nlohmann::ordered_json{{"machine", fingerprint}, {"shapes", shapes}}.dump(1) + "\n");
    return ExitCode::ok;
  }
  write_output("-", text_table(rows));
  if (shapes.size() == 1) std::printf("ms_per_step %.4f\n", last_median_ms);
  return ExitCode::ok;
}

}  // namespace seedscape
