// Time of one training step, at shapes with names.

#include <algorithm>
#include <cstdio>
#include <limits>

#include "bench_run.h"
#include "devices.h"
#include "results.h"
#include "seedscape/base/error.h"
#include "seedscape/train/memory.h"
#include "text_table.h"

namespace seedscape {

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

bool is_asked(const BenchShape& shape, const Options& options) {
  if (options.shapes.empty()) return shape.by_default;
  return std::find(options.shapes.begin(), options.shapes.end(), shape.name) != options.shapes.end();
}

/// Where the time of a fused step goes. Layer norms, GELU and the like move bytes, products and attention compute.
void print_profile(const BenchShape& shape, const Options& options, const std::string& device, std::int64_t S) {
  constexpr int kSteps = 5;
  const double peak = peak_flops(device, options.precision), copy = peak_bytes(device);
  const std::unique_ptr<BenchRun> run = make_bench_run(shape, options, device, S);
  const std::map<std::string, OperationTime> profile = step_profile(run->setup, kSteps);
  double whole_s = 0;
  for (const auto& [name, time] : profile) whole_s += time.seconds;
  Rows rows{{shape.name, "ms", "% of step", "GFLOP/s", "% of peak", "GB/s", "% of copy"}};
  for (const auto& [name, time] : profile) {
    const double rate = time.flops / time.seconds;
    rows.push_back({name, fixed(1e3 * time.seconds, 3), fixed(100 * time.seconds / whole_s, 1),
                    rate > 0 ? fixed(rate / 1e9, 1) : "", rate > 0 ? fixed(100 * rate / peak, 0) : "",
                    time.bytes > 0 ? fixed(time.bytes / time.seconds / 1e9, 1) : "",
                    time.bytes > 0 ? fixed(100 * time.bytes / time.seconds / copy, 0) : ""});
  }
  rows.push_back({"step", fixed(1e3 * whole_s, 3), "100.0", "", "", "", ""});
  write_output("-", text_table(rows));
  std::printf("peaks: %s GFLOP/s (a matrix product), %s GB/s (a copy that no cache holds)\n",
              fixed(peak / 1e9, 1).c_str(), fixed(copy / 1e9, 1).c_str());
}

/// Times S = 1, 2, 4, ... until the card's memory ends, and prints the row that src/train/memory.cpp lacks.
void tune(const BenchShape& shape, const Options& options, const std::string& device) {
  const std::optional<Card> card = find_card(device);
  if (!card) throw Error(ErrorKind::usage, "--tune chooses how many seeds a GPU takes; " + device + " takes one");
  Rows rows{{"seeds", "ms per seed", "seeds/hour of 10000 steps"}};
  std::int64_t best = 1;
  double best_s = std::numeric_limits<double>::infinity();
  for (std::int64_t S = 1; S * shape.B <= kMostLockstepRows; S *= 2) {
    Timing timing;
    try {
      timing = measure(make_bench_run(shape, options, device, S)->setup, options.seconds);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::resources || S == 1) throw;
      break;  // the memory's end
    }
    if (timing.median_s < best_s) {
      best_s = timing.median_s;
      best = S;
    }
    rows.push_back({std::to_string(S), fixed(1e3 * timing.median_s, 3), fixed(3600 / (timing.median_s * 1e4), 1)});
  }
  write_output("-", text_table(rows));
  std::printf("{\"%s\", %lld, %lld, %lld},\n", card->name.c_str(), static_cast<long long>(shape.D),
              static_cast<long long>(shape.L), static_cast<long long>(best));
}

nlohmann::ordered_json timed(const BenchShape& shape, const Options& options, const std::string& device, std::int64_t S,
                             double peak_gflops) {
  const std::unique_ptr<BenchRun> run = make_bench_run(shape, options, device, S);
  const Timing timing = measure(run->setup, options.seconds);
  return {{"name", shape.name},
          {"trainer", options.trainer},
          {"precision", options.precision},
          {"device", device},
          {"kernels", options.kernels},
          {"seeds", S},
          {"median_ms", 1e3 * timing.median_s},
          {"min_ms", 1e3 * timing.min_s},
          {"data_ms", 1e3 * run->data_s},
          {"gflops", step_flops(run->setup.shape, shape.B, shape.T) / timing.median_s / 1e9},
          {"peak_gflops", peak_gflops}};
}

void print_timings(const nlohmann::ordered_json& shapes) {
  Rows rows{{"shape", "seeds", "median ms", "min ms", "GFLOP/s", "% of peak", "data ms"}};
  const auto number = [](const nlohmann::ordered_json& shape, const char* key) { return shape.at(key).get<double>(); };
  for (const nlohmann::ordered_json& shape : shapes) {
    rows.push_back(
        {shape.at("name"), std::to_string(shape.at("seeds").get<std::int64_t>()), fixed(number(shape, "median_ms"), 3),
         fixed(number(shape, "min_ms"), 3), fixed(number(shape, "gflops"), 1),
         fixed(100 * number(shape, "gflops") / number(shape, "peak_gflops"), 0), fixed(number(shape, "data_ms"), 3)});
  }
  write_output("-", text_table(rows));
  if (shapes.size() == 1) std::printf("ms_per_step %.4f\n", number(shapes[0], "median_ms"));
}

}  // namespace

ExitCode bench_command(const Options& options) {
  const std::string device = asked_devices(options).front();
  if (options.trainer == "reference" && (options.bench_seeds > 1 || options.precision != "fp32" || options.profile))
    throw Error(ErrorKind::usage, "the reference trainer takes one seed, in fp32, and has no profile");
  if (options.precision == "tf32" && device == "cpu") throw Error(ErrorKind::usage, "--precision tf32 needs a GPU");
  const double peak_gflops = options.profile || options.tune ? 0 : peak_flops(device, options.precision) / 1e9;
  nlohmann::ordered_json shapes = nlohmann::ordered_json::array();
  for (const BenchShape& shape : kBenchShapes) {
    if (!is_asked(shape, options)) continue;
    const std::int64_t S = options.bench_seeds > 0 ? options.bench_seeds : default_bench_seeds(shape, options, device);
    if (options.tune) {
      tune(shape, options, device);
    } else if (options.profile) {
      print_profile(shape, options, device, S);
    } else {
      shapes.push_back(timed(shape, options, device, S, peak_gflops));
    }
  }
  if (options.json) {
    const nlohmann::ordered_json machine = train_fingerprint(device);
    write_output("-", nlohmann::ordered_json{{"machine", machine}, {"shapes", shapes}}.dump(1) + "\n");
  } else if (!shapes.empty()) {
    print_timings(shapes);
  }
  return ExitCode::ok;
}

}  // namespace seedscape
