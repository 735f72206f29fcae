#pragma once
// One function for each command: what it does with its options, results to standard output, messages to standard error.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "seedscape/analysis/analyze.h"
#include "seedscape/base/error.h"

namespace seedscape {

/// Seeds are JSON numbers, so they stay below 2^53.
inline constexpr std::int64_t kLargestSeed = (std::int64_t{1} << 53) - 1;

/// Least score of a success where neither a config nor an option says it.
inline constexpr double kDefaultThreshold = 0.5;

/// The options of all commands; each command reads its own.
struct Options {
  bool quiet = false, verbose = false, no_color = false, json = false;

  std::filesystem::path config;
  std::vector<std::string> settings;
  std::filesystem::path out;

  std::filesystem::path from;  // run: weights to start from
  std::string time_limit;      // run: a duration; empty = none

  std::string device = "auto";
  std::int64_t workers = 0;  // 0 = usable_cores()
  std::optional<std::int64_t> population;
  std::string shard;  // run: I/N or auto; empty = everything
  bool restart_run = false;
  std::string retry;  // "" or "failed"
  bool retry_failed() const { return !retry.empty(); }
  bool fail_fast = false;
  std::int64_t max_failures = 0;

  bool resolved = false;  // validate
  bool table = false;     // schema

  std::filesystem::path dir;  // export, clean
  bool clean_weights = false, clean_checkpoints = false;
  std::string run_id;
  bool authors_ids = false;

  std::string split = "train";
  std::int64_t seed = 0, rows = 0;
  std::optional<std::int64_t> step;    // sample, export
  std::optional<std::int64_t> length;  // sample
  std::vector<std::string> cell;

  std::vector<std::filesystem::path> folders;
  bool curves = false;  // merge
  std::filesystem::path output;
  CsvColumns csv;
  std::optional<double> threshold;

  std::vector<std::string> shapes;
  std::string trainer = "fused", precision = "fp32", kernels = "default";
  std::int64_t bench_seeds = 0;  // 0 = as many as `run` takes
  bool profile = false, tune = false;
  double seconds = 5;
};

ExitCode run_sweep_command(const Options& options);
ExitCode plan_command(const Options& options);
ExitCode validate_command(const Options& options);
ExitCode sample_command(const Options& options);
ExitCode status_command(const Options& options);
ExitCode export_command(const Options& options);
ExitCode clean_command(const Options& options);
ExitCode merge_command(const Options& options);
ExitCode analyze_command(const Options& options);
ExitCode compare_command(const Options& options);
ExitCode report_command(const Options& options);
ExitCode bench_command(const Options& options);
ExitCode doctor_command(const Options& options);
ExitCode schema_command(const Options& options);

}  // namespace seedscape
