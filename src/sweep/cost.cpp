#include "seedscape/sweep/cost.h"

#include "seedscape/base/error.h"
#include "seedscape/model/hf_folder.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

namespace {

constexpr double kMemoryLimitBytes = 1024.0 * 1024 * 1024 * 1024;  // of one run; far beyond any host we know

/// Weights, gradients and moments, and what autograd keeps of each token (about 34 D a layer, 3 V for the loss).
double memory_bytes(const Cell& cell, const ModelShape& shape) {
  const auto D = static_cast<double>(shape.D), L = static_cast<double>(shape.L), V = static_cast<double>(shape.V);
  const double parameters = L * (12 * D * D + 13 * D) + 2 * D + 2 * V * D;
  const double tokens = static_cast<double>(cell.train.batch) * static_cast<double>(cell.train.context);
  return 4 * (5 * parameters + tokens * (34 * D * L + 3 * V));
}

}  // namespace

ModelShape model_shape(const Cell& cell) { return model_shape(cell.model, make_task(cell.task)->vocabulary().size()); }

std::vector<KeyProblem> cell_problems(const Cell& cell, const SweepConfig& config) {
  std::vector<KeyProblem> problems = task_problems(cell, config.eval);
  if (!problems.empty()) return problems;  // the vocabulary of a broken task has no meaning
  if (config.analysis.metric == "exact_match_digits" && cell.task.hint_tokens == 0) {
    problems.push_back({"analysis.metric", "is only measured where answers hold hints",
                        "another metric, or task.hint_tokens", config.analysis.metric});
  }
  if (const double bytes = memory_bytes(cell, model_shape(cell)); bytes > kMemoryLimitBytes) {
    problems.push_back(
        {"model.width",
         "one run would need about " + std::to_string(static_cast<std::int64_t>(bytes / 1e9)) + " GB of memory",
         "at most 1099 GB", std::to_string(cell.model.width)});
  }
  if (cell.train.from && problems.empty()) {
    try {
      read_hf_folder(*cell.train.from, model_shape(cell), cell.model);
    } catch (const Error& error) {
      problems.push_back({"train.from", error.what(), "weights that fit the cell's model", *cell.train.from});
    }
  }
  return problems;
}

double run_flops(const PlannedCell& cell) {
  const TrainConfig& train = cell.cell.train;
  return static_cast<double>(train.steps - train.first_step) *
         step_flops(model_shape(cell.cell), train.batch, train.context - 1);
}

double estimated_seconds(const PlannedCell& cell) {
  const bool fused = cell.cell.train.trainer == "fused";
  const double flops_per_second = fused ? 60e9 : 45e9, layer_overhead_s = fused ? 2e-5 : 4e-4,
               step_overhead_s = fused ? 3e-5 : 3e-4;
  const auto steps = static_cast<double>(cell.cell.train.steps - cell.cell.train.first_step),
             L = static_cast<double>(cell.cell.model.depth);
  return run_flops(cell) / flops_per_second + steps * (step_overhead_s + L * layer_overhead_s);
}

}  // namespace seedscape
