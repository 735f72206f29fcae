// export: one run's weights as a folder for Hugging Face.

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "commands.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"
#include "seedscape/model/hf_folder.h"
#include "seedscape/model/weights_file.h"
#include "seedscape/store/paths.h"
#include "seedscape/store/plan_file.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;

struct FoundRun {
  const PlannedCell* cell = nullptr;
  const PlannedRun* run = nullptr;
};

/// The one run whose id begins with `beginning`.
FoundRun find_run(const Plan& plan, const std::string& beginning) {
  std::vector<FoundRun> found;
  for (const PlannedCell& cell : plan.cells) {
    for (const PlannedRun& run : cell.runs) {
      if (run.run_id.starts_with(beginning)) found.push_back({&cell, &run});
    }
  }
  if (found.size() == 1) return found.front();
  throw Error(ErrorKind::usage,
              (found.empty() ? "no planned run has the id " : "several runs have ids that begin with ") +
                  printable(beginning) + "; results.csv lists them");
}

/// Steps whose weights are stored, ascending.
std::vector<std::int64_t> stored_steps(const fs::path& folder) {
  std::vector<std::int64_t> steps;
  std::error_code none;
  for (fs::directory_iterator entry(folder, none); !none && entry != fs::directory_iterator(); entry.increment(none)) {
    const std::string name = entry->path().stem().string();
    const auto step = name.starts_with("step-") ? parse_integer(name.substr(5)) : std::nullopt;
    if (step && entry->path().extension() == ".safetensors") steps.push_back(*step);
  }
  std::ranges::sort(steps);
  return steps;
}

/// The step that was asked for, or the last.
std::int64_t chosen_step(const fs::path& dir, const std::string& run_id, std::optional<std::int64_t> asked) {
  const std::vector<std::int64_t> steps = stored_steps(paths::weights(dir, run_id));
  if (steps.empty()) {
    throw Error(ErrorKind::usage, "no weights of run " + run_id + " are stored; runs keep them that are trained with " +
                                      "store.weights: final or all");
  }
  if (!asked) return steps.back();
  if (std::ranges::find(steps, *asked) != steps.end()) return *asked;
  std::string names;
  for (const std::int64_t step : steps) names += (names.empty() ? "" : ", ") + std::to_string(step);
  throw Error(ErrorKind::usage, "--step " + std::to_string(*asked) + ": expected one of " + names);
}

}  // namespace

ExitCode export_command(const Options& options) {
  const fs::path& dir = options.dir;
  const Plan plan = read_plan(dir);
  const auto [planned, run] = find_run(plan, options.run_id);
  const std::int64_t step = chosen_step(dir, run->run_id, options.step);
  const Cell& cell = planned->cell;
  const std::unique_ptr<Task> task = make_task(cell.task);
  const Vocabulary& words = task->vocabulary();
  const ModelShape shape = model_shape(cell.model, words.size());
  const std::vector<float> weights = read_weights_file(paths::weights(dir, run->run_id, step), ParameterLayout(shape),
                                                       {{"run_id", run->run_id}, {"step", std::to_string(step)}});
  write_hf_folder(options.output,
                  {.shape = shape,
                   .config = cell.model,
                   .tokens = {.text = words.text, .begin = words.begin, .end = words.end, .padding = words.padding},
                   .origin = {{"run_id", run->run_id},
                              {"step", std::to_string(step)},
                              {"task", cell.task.kind},
                              {"init_seed", std::to_string(run->seeds.init)},
                              {"data_seed", std::to_string(run->seeds.data)}},
                   .begin_and_end_are_0 = options.authors_ids},
                  weights);
  if (!options.quiet)
    std::fprintf(stderr, "exported step %lld to %s\n", static_cast<long long>(step), options.output.c_str());
  return ExitCode::ok;
}

}  // namespace seedscape
