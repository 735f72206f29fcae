// The commands that train nothing: plan, validate, sample, status, merge, analyze, schema.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <future>
#include <span>
#include <vector>

#include "commands.h"
#include "results.h"
#include "seedscape/base/duration.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/number.h"
#include "seedscape/config/load.h"
#include "seedscape/eval/sample.h"
#include "seedscape/eval/scores.h"
#include "seedscape/store/paths.h"
#include "seedscape/store/result_store.h"
#include "seedscape/sweep/cost.h"
#include "seedscape/sweep/workers.h"
#include "seedscape/tasks/batch.h"
#include "seedscape/tasks/task.h"
#include "seedscape/train/memory.h"
#include "text_table.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;

void print(const std::string& text) { write_output("-", text); }

std::string scientific(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2e", value);
  return text;
}

SweepConfig load(const Options& options) { return load_config(options.config, options.settings, cell_problems).config; }

/// Bytes of a result folder: a record is a line of about 60 bytes a score, and appears again in results.csv (about 150
/// a row); a curve has one for each point; a weight takes 4; a worker keeps two checkpoints, of weights and both
/// moments, and writes a third; a report holds Vega, and is there twice while it is replaced.
double disk_bytes(const Plan& plan) {
  constexpr double kReportBytes = 1.2e6;
  const std::int64_t every = plan.config.eval.every;
  std::int64_t largest = 0;
  for (const PlannedCell& cell : plan.cells) largest = std::max(largest, cell.parameters);
  double bytes = 2 * kReportBytes + 3 * 3 * 4 * static_cast<double>(largest * usable_cores());
  for (const PlannedCell& cell : plan.cells) {
    const TrainConfig& train = cell.cell.train;
    const std::int64_t points = every > 0 ? (train.steps - train.first_step) / every + 1 : 0;
    const std::int64_t stored = plan.config.store.weights == "none"  ? 0
                                : plan.config.store.weights == "all" ? std::max<std::int64_t>(points, 2)
                                                                     : 1;
    const auto scores =
        static_cast<double>(metric_names(*make_task(cell.cell.task)).size() * plan.config.eval.lengths.size());
    const double record = 700 + scores * (60 + 150);
    bytes += static_cast<double>(cell.runs.size()) * (record * static_cast<double>(1 + points) + scores * 40 +
                                                      4 * static_cast<double>(cell.parameters * stored));
  }
  return bytes;
}

/// Memory of a GPU that one seed takes in the fused trainer.
double gpu_bytes(const PlannedCell& planned) {
  const Cell& cell = planned.cell;
  return step_memory(model_shape(cell), cell.model, cell.train, 1).total();
}

/// The cell that `sample` shows: any, if all agree on what a batch looks like, else the ones that --cell leaves.
Cell sampled_cell(const SweepConfig& config, const std::vector<std::string>& filters) {
  std::vector<Cell> cells = expand_cells(config);
  for (const std::string& filter : filters) {
    const std::size_t equals = filter.find('=');
    const std::string key = filter.substr(0, equals),
                      value = equals == std::string::npos ? "" : filter.substr(equals + 1);
    const bool is_axis =
        std::any_of(config.axes.begin(), config.axes.end(), [&](const AxisConfig& axis) { return axis.key == key; });
    if (!is_axis) throw Error(ErrorKind::usage, "--cell " + filter + ": no axis runs over " + key);
    std::erase_if(cells, [&](const Cell& cell) {
      const Value own = cell_value(cell, key);
      return (own.is_string() ? own.get<std::string>() : own.dump()) != value;
    });
    if (cells.empty()) throw Error(ErrorKind::usage, "--cell " + filter + ": no cell has this value");
  }
  const auto differs = [&](const Cell& cell) {
    return !(cell.task == cells[0].task) || cell.train.batch != cells[0].train.batch ||
           cell.train.context != cells[0].train.context;
  };
  if (std::any_of(cells.begin(), cells.end(), differs)) {
    throw Error(ErrorKind::usage, "the cells differ in task, batch or context; choose one with --cell KEY=VALUE");
  }
  return cells[0];
}

void sample_training(const Options& options, const Cell& cell, const Task& task) {
  const std::int64_t step = options.step.value_or(0);
  if (step < 0 || step >= cell.train.steps) {
    throw Error(ErrorKind::usage,
                "--step " + std::to_string(step) + ": expected 0 to " + std::to_string(cell.train.steps - 1));
  }
  TrainConfig train = cell.train;  // rows do not depend on how many there are
  if (const std::int64_t rows = options.rows > 0 ? options.rows : options.json ? train.batch : 4; rows < train.batch)
    train.batch = rows;
  const auto seed = static_cast<std::uint64_t>(options.seed);
  const Batch batch = training_batch(task, cell.task, train, seed, step);
  print(options.json ? sample_train_json(batch, seed, step).dump() + "\n"
                     : sample_train_text(task.vocabulary(), batch, seed, step));
}

void sample_tests(const Options& options, const SweepConfig& config, const Task& task) {
  const std::int64_t length = options.length.value_or(config.analysis.length);
  if (length < task.shortest_test_length() || length > task.longest_test_length()) {
    throw Error(ErrorKind::usage, "--length " + std::to_string(length) + ": expected " +
                                      std::to_string(task.shortest_test_length()) + " to " +
                                      std::to_string(task.longest_test_length()));
  }
  const std::int64_t rows = options.rows > 0 ? options.rows : options.json ? eval_size(task, config.eval, length) : 4;
  const EvalBatch batch = eval_batch(task, config.eval, length, static_cast<std::uint64_t>(options.seed), 0, rows);
  print(options.json ? sample_eval_json(batch, length).dump() + "\n"
                     : sample_eval_text(task.vocabulary(), batch, length));
}

/// Rows of `plan` and `status`: a cell each, and their sum.
nlohmann::ordered_json cells_json(const Plan& plan, std::span<const RunCounts> cell_counts) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    const PlannedCell& cell = plan.cells[c];
    const RunCounts& counts = cell_counts[c];
    rows.push_back({{"cell", cell_label(plan.config, cell.cell)},
                    {"parameters", cell.parameters},
                    {"flops_per_run", run_flops(cell)},
                    {"estimated_s_per_run", estimated_seconds(cell)},
                    {"gpu_bytes_per_seed", gpu_bytes(cell)},
                    {"planned", counts.planned},
                    {"done", counts.done},
                    {"diverged", counts.diverged},
                    {"failed", counts.failed},
                    {"pending", counts.pending}});
  }
  return rows;
}

/// Seconds of one core that the pending runs will take: as long as the cell's finished runs took, or the estimate, set
/// right by how far estimates and measurements of all finished runs lie apart.
double core_seconds_left(const Plan& plan, std::span<const RunCounts> cell_counts) {
  double measured = 0, estimated = 0, left = 0;
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    const double seconds = estimated_seconds(plan.cells[c]);
    measured += cell_counts[c].done_s;
    estimated += seconds * static_cast<double>(cell_counts[c].done);
    left += seconds * static_cast<double>(cell_counts[c].pending);
  }
  return measured > 0 ? left * measured / estimated : left;
}

}  // namespace

ExitCode plan_command(const Options& options) {
  const SweepConfig config = load(options);
  const Plan plan = make_plan(config);
  const RecordIndex records = index_records(load_results({result_folder(config, options)}).records);
  const std::vector<RunCounts> counts = count_runs(plan, records);
  if (options.json) {
    print(nlohmann::ordered_json{{"cells", cells_json(plan, counts)},
                                 {"total_cells", plan.cells.size()},
                                 {"total_runs", run_count(plan)},
                                 {"disk_bytes", disk_bytes(plan)}}
              .dump(1) +
          "\n");
    return ExitCode::ok;
  }
  std::vector<std::vector<std::string>> rows{
      {"cell", "seeds", "parameters", "FLOPs/run", "time/run", "core-hours", "done"}};
  double core_seconds = 0, flops = 0, memory = 0;
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    const PlannedCell& cell = plan.cells[c];
    const auto planned = static_cast<double>(counts[c].planned);
    const double seconds = estimated_seconds(cell), all_seconds = seconds * planned;
    core_seconds += all_seconds;
    flops += run_flops(cell) * planned;
    memory = std::max(memory, gpu_bytes(cell));
    char hours[32];
    std::snprintf(hours, sizeof hours, "%.3g", all_seconds / 3600);
    rows.push_back({cell_label(config, cell.cell), std::to_string(counts[c].planned), std::to_string(cell.parameters),
                    scientific(run_flops(cell)), duration_text(seconds), hours,
                    std::to_string(counts[c].planned - counts[c].pending)});
  }
  const std::int64_t cores = usable_cores();
  print(text_table(rows));
  std::printf("estimated: %s FLOPs, %s on %lld cores; %.1f MB of disk\n", scientific(flops).c_str(),
              duration_text(core_seconds / static_cast<double>(cores)).c_str(), static_cast<long long>(cores),
              disk_bytes(plan) / 1e6);
  std::printf("on a GPU: at most %.3g GB of its memory a seed, in lockstep with the fused trainer\n", memory / 1e9);
  std::printf("total: %zu cells, %lld runs\n", plan.cells.size(), static_cast<long long>(run_count(plan)));
  return ExitCode::ok;
}

ExitCode validate_command(const Options& options) {
  const LoadedConfig loaded = load_config(options.config, options.settings, cell_problems);
  if (options.resolved) {
    for (const ResolvedKey& key : loaded.keys) print(key.key + " = " + key.value.dump() + "  # " + key.source + "\n");
  } else {
    const std::size_t cells = expand_cells(loaded.config).size();
    std::printf("valid: %zu cells, %lld runs\n", cells,
                static_cast<long long>(cells) * static_cast<long long>(loaded.config.seeds.count));
  }
  return ExitCode::ok;
}

ExitCode sample_command(const Options& options) {
  const SweepConfig config = load(options);
  const Cell cell = sampled_cell(config, options.cell);
  const std::unique_ptr<Task> task = make_task(cell.task);
  if (options.split == "train") {
    sample_training(options, cell, *task);
  } else {
    sample_tests(options, config, *task);
  }
  return ExitCode::ok;
}

ExitCode status_command(const Options& options) {
  const fs::path& dir = options.folders[0];
  auto stored = std::async(std::launch::async, [&] { return load_records(dir); });
  const Plan plan = read_plan(dir);
  const RecordIndex records = index_records(reported(stored.get()).records);
  const std::vector<RunCounts> counts = count_runs(plan, records);
  const RunCounts all = sum(counts);
  const double left = core_seconds_left(plan, counts);
  if (options.json) {
    print(nlohmann::ordered_json{{"cells", cells_json(plan, counts)},
                                 {"planned", all.planned},
                                 {"done", all.done},
                                 {"diverged", all.diverged},
                                 {"failed", all.failed},
                                 {"pending", all.pending},
                                 {"core_seconds_left", left}}
              .dump(1) +
          "\n");
    return ExitCode::ok;
  }
  std::vector<std::vector<std::string>> rows{{"cell", "planned", "done", "diverged", "failed", "pending"}};
  const auto add = [&](const std::string& label, const RunCounts& of) {
    rows.push_back({label, std::to_string(of.planned), std::to_string(of.done), std::to_string(of.diverged),
                    std::to_string(of.failed), std::to_string(of.pending)});
  };
  for (std::size_t c = 0; c < counts.size(); ++c) add(cell_label(plan.config, plan.cells[c].cell), counts[c]);
  add("all", all);
  print(text_table(rows));
  if (all.pending > 0) print("left: " + duration_text(left) + " of one core\n");
  return ExitCode::ok;
}

ExitCode merge_command(const Options& options) {
  std::vector<Plan> plans;
  for (const fs::path& folder : options.folders) plans.push_back(read_plan(folder));
  const LogKind kind = options.curves ? LogKind::curves : LogKind::runs;
  write_output(options.output, results_text(merge_plans(plans), load_results(options.folders, kind).records));
  return ExitCode::ok;
}

ExitCode analyze_command(const Options& options) {
  AnalysisConfig settings;
  settings.success_threshold = options.threshold.value_or(kDefaultThreshold);
  const ScoreTable table = read_score_table(options.folders[0], options.csv, settings);
  write_output(options.output, analyze_aloud(table).dump(1) + "\n");
  return ExitCode::ok;
}

ExitCode schema_command(const Options& options) {
  print(options.table ? option_table() : config_schema().dump(2) + "\n");
  return ExitCode::ok;
}

}  // namespace seedscape
