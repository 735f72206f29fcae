#include "commands.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unistd.h>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "devices.h"
#include "output_folder.h"
#include "results.h"
#include "seedscape/base/duration.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/printable.h"
#include "seedscape/base/version.h"
#include "seedscape/config/load.h"
#include "seedscape/store/paths.h"
#include "seedscape/store/result_store.h"
#include "seedscape/sweep/cost.h"
#include "seedscape/sweep/growth.h"
#include "seedscape/sweep/plan.h"
#include "seedscape/sweep/run_sweep.h"
#include "seedscape/sweep/shard.h"
#include "seedscape/sweep/workers.h"
#include "stop_signal.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;
using TimePoint = std::chrono::steady_clock::time_point;

/// When a run with this --time-limit has to stop.
///
/// Throws: Error(usage) for a text that is no duration
TimePoint deadline_of(const std::string& time_limit) {
  if (time_limit.empty()) return TimePoint::max();
  const auto seconds = parse_duration(time_limit);
  constexpr double kLongest = 1e9;  // seconds; thirty years
  if (!seconds || *seconds > kLongest) {
    throw Error(ErrorKind::usage,
                "--time-limit " + printable(time_limit) + ": expected a duration like 90s, 10m or 1h30m");
  }
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(*seconds));
}

/// A display that redraws itself needs a terminal that understands escape codes.
bool has_live_terminal(const Options& options) {
  const char* const term = std::getenv("TERM");
  const char* const no_color = std::getenv("NO_COLOR");
  return !options.quiet && !options.no_color && (no_color == nullptr || *no_color == '\0') &&
         isatty(STDERR_FILENO) != 0 && term != nullptr && std::string(term) != "dumb";
}

/// The file of this process in the folder's logs; nothing, after a warning, if it cannot be made.
std::shared_ptr<spdlog::sinks::basic_file_sink_mt> log_file(const fs::path& dir) {
  try {
    make_folder(paths::logs(dir));
    const fs::path name = paths::logs(dir) / (unique_name() + ".log");
    const auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(name.string());
    file->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    return file;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "no log of this process is kept: %s\n", printable_lines(problem.what()).c_str());
    return nullptr;
  }
}

/// Messages go to standard error (to the display's lines instead, while it is live) and, in full, to a file of this
/// process. A training does not end because nobody can read about it: the first failure of either is said, that is all.
void open_log(const fs::path& dir, const Options& options, bool live) {
  const auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  console->set_pattern("%v");
  console->set_level(live || options.quiet ? spdlog::level::warn
                     : options.verbose     ? spdlog::level::debug
                                           : spdlog::level::info);
  std::vector<spdlog::sink_ptr> sinks{console};
  if (const auto file = log_file(dir)) sinks.push_back(file);
  const auto logger = std::make_shared<spdlog::logger>("seedscape", sinks.begin(), sinks.end());
  logger->set_error_handler([said = false](const std::string& problem) mutable {
    if (!said) std::fprintf(stderr, "the log is incomplete from here on: %s\n", printable_lines(problem).c_str());
    said = true;
  });
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
}

/// The settings, with the flag that stands for one of them.
std::vector<std::string> settings_of(const Options& options) {
  std::vector<std::string> settings = options.settings;
  if (!options.from.empty()) settings.push_back("train.from=" + nlohmann::json(options.from.string()).dump());
  return settings;
}

/// Keeps other processes from training the same part of a folder's sweep at the same time. Only work is saved by it:
/// runs that are trained twice have the same bits and count once.
///
/// Throws: Error(in_use) while another process of this machine is at it
std::unique_ptr<LockFile> claim(const fs::path& dir, const Shard& shard) {
  make_folder(paths::claims(dir));
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  auto lock = std::make_unique<LockFile>(paths::claim(dir, shard.index, shard.count),
                                         "process " + std::to_string(getpid()) + " on " + host.data());
  if (lock->other_holder()) {
    throw Error(ErrorKind::in_use, dir.string() + ": in use by " + printable(*lock->other_holder()));
  }
  return lock;
}

/// What the records of workers on these devices are made with.
nlohmann::json fingerprint_of(const std::vector<std::string>& devices, const nlohmann::json& population) {
  nlohmann::json fingerprint = train_fingerprint(devices.front());
  fingerprint["git_revision"] = SEEDSCAPE_REVISION;
  if (population != 1) fingerprint["population"] = population;
  return fingerprint;
}

/// "2 workers on cpu", "2 workers on cuda:0, cuda:1, 64 seeds each", or a list by cell.
std::string workers_text(const std::vector<std::string>& devices, const nlohmann::json& population) {
  std::string text = std::to_string(devices.size()) + " workers on " + devices.front();
  for (std::size_t i = 1; i < devices.size() && devices[i] != "cpu"; ++i) text += ", " + devices[i];
  return population == 1 ? text : text + ", " + population.dump() + " seeds each";
}

/// Trains what is pending, a worker on each device.
///
/// `mine`: the part of the plan that this process trains
SweepOutcome train_pending(const Plan& plan, const Plan& mine, const RecordIndex& known, const fs::path& dir,
                           const std::vector<std::string>& devices, const std::atomic<bool>& stop, TimePoint deadline,
                           const Options& options) {
  const bool live = has_live_terminal(options);
  open_log(dir, options, live);
  spdlog::debug("[run] version={} config={}", kVersion, to_json(plan.config).dump());
  SweepOptions sweep;
  const std::optional<Card> card = devices.front() == "cpu" ? std::nullopt : find_card(devices.front());
  sweep.population = choose_population(options.population, card);
  const nlohmann::json population = population_json(sweep.population, plan);
  const nlohmann::json fingerprint = fingerprint_of(devices, population);
  spdlog::debug("[run] fingerprint={}", fingerprint.dump());
  sweep.devices = devices;
  sweep.retry_failed = options.retry_failed();
  sweep.restart_runs = options.restart_run;
  sweep.max_failures = options.fail_fast ? 1 : options.max_failures;
  sweep.make_trainer = make_trainer;
  sweep.stop = &stop;
  sweep.deadline = deadline;
  spdlog::info("[run] {} of {} runs to train, {}, results in {}", pending_runs(mine, known, sweep.retry_failed).size(),
               run_count(mine), workers_text(devices, population), dir.string());
  ResultWriter writer(dir, fingerprint);
  Progress progress(mine, known, sweep.retry_failed, live ? Progress::Display::live : Progress::Display::lines);
  return run_sweep(mine, known, writer, sweep, progress);
}

/// What it says stands in analysis.json too, so that a reader who went away does not make a sweep fail.
void print_summary(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  if (std::fflush(stdout) == 0) return;
  std::fputs("standard output takes nothing: the summary is not printed\n", stderr);
  std::clearerr(stdout);
}

}  // namespace

ExitCode run_sweep_command(const Options& options) {
  const std::atomic<bool>& stop = install_stop_signals();
  const TimePoint deadline = deadline_of(options.time_limit);
  const LoadedConfig loaded = load_config(options.config, settings_of(options), cell_problems);
  const SweepConfig& config = loaded.config;
  if (!options.quiet) {
    for (const std::string& line : loaded.replaced) std::fprintf(stderr, "%s\n", line.c_str());
  }
  const fs::path dir = result_folder(config, options);
  const Shard shard = options.shard.empty() ? Shard() : parse_shard(options.shard);
  const Plan plan = make_plan(config), mine = shard_of(plan, shard);
  check_output_folder(dir, plan);
  const LoadedRecords stored = load_results({dir});
  if (file_exists(paths::plan(dir))) check_growth(plan, read_plan(dir), stored.records);
  const bool is_complete = pending_runs(mine, index_records(stored.records), options.retry_failed()).empty();
  std::vector<std::string> devices;
  if (!is_complete) {
    devices = worker_devices(asked_devices(options), options.workers);
    check_population(options.population.value_or(1), devices, plan);
    check_precision(devices, plan);
  }

  make_folder(dir);
  require_writable(dir);
  const std::unique_ptr<LockFile> lock = is_complete ? nullptr : claim(dir, shard);
  publish(paths::plan(dir), plan_text(plan));
  SweepOutcome outcome;
  if (!is_complete) {
    // Read again: the process that had the claim before may have stored more.
    const RecordIndex known = index_records(load_records(dir).records);
    outcome = train_pending(plan, mine, known, dir, devices, stop, deadline, options);
  }

  // A folder that went away was made anew for the next record, but it is not the one with the records before.
  if (!file_exists(paths::plan(dir))) throw Error(ErrorKind::io, dir.string() + ": went away while the sweep ran");
  const LoadedRecords all = load_records(dir);
  const RunCounts counts = sum(count_runs(mine, index_records(all.records)));
  if (outcome.stopped) {  // in a hurry: statistics and report can take half a minute, and can be made later
    publish(paths::results_csv(dir), results_text(plan, all.records));
    std::fprintf(stderr, "stopped with %lld of %lld runs stored in %s; run the same command again to go on\n",
                 static_cast<long long>(counts.planned - counts.pending), static_cast<long long>(counts.planned),
                 dir.c_str());
    return ExitCode::stopped;
  }
  print_summary(summary_table(publish_results(plan, all, dir)));
  if (!options.quiet) {
    std::fprintf(stderr, "results: %s, %s\nreport: %s\n", paths::results_csv(dir).c_str(), paths::analysis(dir).c_str(),
                 paths::report(dir).c_str());
  }
  return counts.failed > 0 ? ExitCode::failed_runs : ExitCode::ok;
}

}  // namespace seedscape
