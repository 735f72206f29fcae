#include "app.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "seedscape/base/version.h"

namespace seedscape {

namespace {

/// Holds an option to the numbers from `least` to `most`. In place of CLI::Range, whose words change with its version.
template <class Number>
CLI::Validator within(Number least, Number most) {
  std::ostringstream range;
  range << least << " to " << most;
  const auto problem = [=, range = range.str()](const std::string& text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    return is_number && value >= least && value <= most ? "" : "expected a number from " + range + "; got " + text;
  };
  return {problem, range.str(), "range"};
}

CLI::Validator between(std::int64_t least, std::int64_t most) { return within(least, most); }

/// Holds an option to some words, as CLI::IsMember does.
CLI::Validator one_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  const auto problem = [=](const std::string& text) -> std::string {
    if (std::ranges::find(words, text) != words.end()) return "";
    return "expected " + std::string(words.size() == 1 ? "" : "one of ") + list + "; got " + text;
  };
  return {problem, "{" + list + "}", "words"};
}

void add_config(CLI::App& command, Options& options) {
  command.add_option("config", options.config, "Sweep config, YAML or JSON")->required();
  command
      .add_option("--set", options.settings,
                  "Set a config key, e.g. --set seeds.count=4 (value read as YAML); repeatable")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
}

void add_folder_of_config(CLI::App& command, Options& options) {
  command.add_option("--out", options.out, "Result folder (default: out/<name>)")->type_name("DIR");
}

void add_csv_columns(CLI::App& command, Options& options) {
  command.add_option("--axis", options.csv.axis, "CSV: the column of the scale");
  command.add_option("--seed", options.csv.seed, "CSV: the column of the seed")->capture_default_str();
  command.add_option("--value", options.csv.value, "CSV: the column of the score")->capture_default_str();
}

void add_json(CLI::App& command, Options& options) { command.add_flag("--json", options.json, "Print JSON"); }

}  // namespace

void define_commands(CLI::App& app, ExitCode& result) {
  app.description("seedscape: the distribution of a capability over random seeds, as a tiny transformer grows");
  app.name("seedscape");
  app.set_version_flag("--version", std::string("seedscape ") + kVersion);
  app.require_subcommand(1);
  const auto options = std::make_shared<Options>();

  const auto add = [&](const char* name, const char* text, ExitCode (*run)(const Options&)) {
    CLI::App* const command = app.add_subcommand(name, text);
    command->add_flag("--quiet", options->quiet, "Only warnings and errors on standard error");
    command->add_flag("--verbose", options->verbose, "More on standard error");
    command->add_flag("--no-color", options->no_color, "No live display and no escape codes");
    command->callback([options, run, &result] { result = run(*options); });
    return command;
  };

  CLI::App* const run =
      add("run", "Plan, train what is not yet done, analyse. Run again to resume.", run_sweep_command);
  add_config(*run, *options);
  add_folder_of_config(*run, *options);
  run->add_option("--from", options->from, "Weights to start from: a folder of `export` or of Hugging Face's GPT-NeoX")
      ->type_name("FOLDER");
  run->add_option("--time-limit", options->time_limit,
                  "Stop at the first step after this time, with exit code 75: 90s, 10m, 1h30m")
      ->type_name("DURATION");
  run->add_option("--device", options->device,
                  "cpu, cuda (every GPU), cuda:N, cuda:N,M or auto (every GPU, else the CPU)")
      ->capture_default_str();
  run->add_option("--workers", options->workers,
                  "Trainers side by side on the CPU (default: one for each core this process may use); a GPU has one")
      ->check(between(1, 4096));
  run->add_option("--population", options->population,
                  "Seeds of a cell that a GPU trains in lockstep (default: as many as keep it busy)")
      ->check(between(1, 65536));
  run->add_option("--shard", options->shard,
                  "Train part I of N (0 <= I < N) of the sweep; auto: the parts are the tasks of a Slurm job array")
      ->type_name("I/N");
  run->add_flag(
      "--restart-run", options->restart_run,
      "Start runs in flight over where their checkpoint was made by other software or hardware, or is damaged");
  run->add_option("--retry", options->retry, "Train failed runs again")->check(one_of({"failed"}));
  run->add_flag("--fail-fast", options->fail_fast, "Stop at the first failed run");
  run->add_option("--max-failures", options->max_failures, "Stop after N failed runs")->check(between(1, 1000000000));

  CLI::App* const plan =
      add("plan", "One row a cell: seeds, parameters, cost, what is done; trains nothing", plan_command);
  add_config(*plan, *options);
  add_folder_of_config(*plan, *options);
  add_json(*plan, *options);

  CLI::App* const validate = add("validate", "All errors of a config at once", validate_command);
  add_config(*validate, *options);
  validate->add_flag("--resolved", options->resolved, "Print every key with its value and where it came from");

  CLI::App* const sample = add("sample", "Training or test examples as text, counted tokens marked", sample_command);
  add_config(*sample, *options);
  sample->add_option("--split", options->split, "train or eval")
      ->check(one_of({"train", "eval"}))
      ->capture_default_str();
  sample->add_option("--seed", options->seed, "Data seed")->check(between(0, kLargestSeed))->capture_default_str();
  sample->add_option("--step", options->step, "Update whose batch is shown (default: 0)");
  sample->add_option("--length", options->length, "Test length (default: analysis.length)");
  sample->add_option("--rows", options->rows, "Number of rows (default: all of a batch with --json, else 4)")
      ->check(between(1, 1000000000));
  sample
      ->add_option("--cell", options->cell,
                   "The cell to show when task, batch or context differ, e.g. --cell model.width=64")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  add_json(*sample, *options);

  CLI::App* const status =
      add("status", "What of a sweep is done, diverged, failed, pending; reads only", status_command);
  status->add_option("dir", options->folders, "Result folder")->required()->expected(1);
  add_json(*status, *options);

  CLI::App* const to_hf =
      add("export", "Weights of one run as a folder that Hugging Face's GPTNeoXForCausalLM opens", export_command);
  to_hf->add_option("dir", options->dir, "Result folder")->required();
  to_hf->add_option("run_id", options->run_id, "The run's id in results.csv, or the beginning of it")->required();
  to_hf->add_option("-o,--output", options->output, "Folder to make")->required();
  to_hf->add_option("--step", options->step, "Step of the weights (default: the last that is stored)");
  to_hf->add_flag(
      "--authors-ids", options->authors_ids,
      "Begin and end token ids 0, as the paper's authors left them (0 is a number: generate() stops there)");

  CLI::App* const clean = add("clean", "Frees space in a result folder and says how much", clean_command);
  clean->add_option("dir", options->dir, "Result folder")->required();
  clean->add_flag("--weights", options->clean_weights,
                  "Remove stored weights (test lengths added later then train again)");
  clean->add_flag("--checkpoints", options->clean_checkpoints,
                  "Remove the checkpoints of runs in flight (they then start over)");

  CLI::App* const merge = add("merge", "One tidy CSV from result folders", merge_command);
  merge->add_option("dir", options->folders, "Result folders")->required();
  merge->add_option("-o,--output", options->output, "File, or - for standard output")->required();
  merge->add_flag("--curves", options->curves, "The evaluations during training instead of the results");

  CLI::App* const analyze =
      add("analyze", "Statistics of a result folder, or of a CSV of scores made elsewhere", analyze_command);
  analyze->add_option("source", options->folders, "Result folder or CSV file")->required()->expected(1);
  analyze->add_option("-o,--output", options->output, "File, or - for standard output")->required();
  add_csv_columns(*analyze, *options);
  analyze->add_option("--metric", options->csv.metric, "CSV: the rows with this in the column metric");
  analyze->add_option("--length", options->csv.length, "CSV: the rows with this in the column length");
  analyze->add_option("--threshold", options->threshold, "CSV: a score of at least this is a success (default: 0.5)");

  CLI::App* const compare =
      add("compare", "Whether two result folders or CSVs show the same distributions", compare_command);
  compare->add_option("source", options->folders, "Two result folders or CSV files")->required()->expected(2);
  add_csv_columns(*compare, *options);
  compare->add_option("--metric", options->csv.metric, "Metric to compare (default: the main view's)");
  compare->add_option("--length", options->csv.length, "Test length to compare (default: the main view's)");
  compare->add_option("--threshold", options->threshold,
                      "A score of at least this is a success (default: the first config's, else 0.5)");
  add_json(*compare, *options);

  CLI::App* const report =
      add("report", "One page with figures and tables of a result folder, or of a CSV of scores", report_command);
  report->add_option("source", options->folders, "Result folder or CSV file")->required()->expected(1);
  report->add_option("-o,--output", options->output,
                     "File, or - for standard output (default: DIR/report.html, with DIR/figures)");
  add_csv_columns(*report, *options);
  report->add_option("--metric", options->csv.metric, "CSV: the rows with this in the column metric");
  report->add_option("--length", options->csv.length, "CSV: the rows with this in the column length");
  report->add_option("--threshold", options->threshold, "CSV: a score of at least this is a success (default: 0.5)");

  CLI::App* const bench = add("bench", "Time of a training step at named shapes", bench_command);
  bench
      ->add_option("--shape", options->shapes,
                   "tiny, demo, small, mid, wide (default: these); w64, w128, w256, w512, w1024 for a GPU; repeatable")
      ->check(one_of({"tiny", "demo", "small", "mid", "wide", "w64", "w128", "w256", "w512", "w1024"}));
  bench->add_option("--trainer", options->trainer, "fused or reference")
      ->check(one_of({"fused", "reference"}))
      ->capture_default_str();
  bench->add_flag("--profile", options->profile, "Where the time of a fused step goes, by operation");
  bench->add_option("--precision", options->precision, "fp32, tf32 or bf16")
      ->check(one_of({"fp32", "tf32", "bf16"}))
      ->capture_default_str();
  bench->add_option("--seeds", options->bench_seeds, "Seeds in lockstep (default: 1, on a GPU as many as keep it busy)")
      ->check(between(1, 65535));
  bench
      ->add_option("--kernels", options->kernels,
                   "Of the fused trainer on a GPU: default (ours where tried), own (all of ours), aten (LibTorch's)")
      ->check(one_of({"default", "own", "aten"}))
      ->capture_default_str();
  bench->add_flag("--tune", options->tune, "Time 1, 2, 4, ... seeds in lockstep on a GPU and print the best");
  bench->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
  bench->add_option("--seconds", options->seconds, "Time to spend on each shape")
      ->check(within(0.01, 3600.0))
      ->capture_default_str();
  add_json(*bench, *options);

  add("doctor", "Versions, devices and limits; one line for each problem, with its cure", doctor_command);
  CLI::App* const schema = add("schema", "JSON Schema of the config, made from the field table", schema_command);
  schema->add_flag("--table", options->table, "Print the same as the README's option table");
}

}  // namespace seedscape
