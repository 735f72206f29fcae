// The scores of a sweep, gathered from its records: one sample per axis, metric, test length and scale.

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "seedscape/analysis/analyze.h"
#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

constexpr const char* kTrainLoss = "train_loss";

struct Result {
  std::int64_t seed = 0;  // the plan's index: a record may come from a sweep that counted its seeds from elsewhere
  SeedPair pair;
  const SeedRecord* record = nullptr;
};

/// The planned runs of one cell that ended with a result, in order of their seeds.
struct CellResults {
  std::int64_t parameters = 0;
  bool is_grid = false;
  std::vector<Result> results;
  std::optional<std::vector<std::int64_t>> unlearnt{};
  std::map<std::int64_t, std::int64_t> test_problems{};  // by length
};

/// Losses have no upper end; every other metric is a share or a probability.
bool in_unit_interval(const std::string& metric) { return metric != kTrainLoss && !metric.ends_with("nll"); }

std::optional<double> find_score(const SeedRecord& record, const std::string& metric,
                                 std::optional<std::int64_t> length) {
  if (!length) return record.train_loss;
  for (const LengthScores& at : record.lengths) {
    if (at.length != *length) continue;
    for (const auto& [name, value] : at.scores) {
      if (name == metric) return value;
    }
  }
  return std::nullopt;
}

/// Seeds whose exact match at `length`, which was trained, is too low.
std::vector<std::int64_t> low_scores(const std::vector<Result>& results, std::int64_t length) {
  std::vector<std::int64_t> seeds;
  for (const Result& result : results) {
    const auto score = find_score(*result.record, "exact_match", length);
    const bool has_diverged = result.record->status == RunStatus::diverged;
    if (has_diverged || (score && !(*score >= kLearntScore))) seeds.push_back(result.seed);
  }
  return seeds;
}

/// Seeds whose training loss lies far above those of the others.
std::optional<std::vector<std::int64_t>> high_losses(const std::vector<Result>& results) {
  std::vector<double> logarithms;
  for (const Result& result : results) {
    const auto loss = result.record->train_loss;
    if (loss && std::isfinite(*loss) && *loss > 0) logarithms.push_back(std::log(*loss));
  }
  if (logarithms.size() < 4) return std::nullopt;
  std::ranges::sort(logarithms);
  const double lower = quantile(logarithms, 0.25), upper = quantile(logarithms, 0.75);
  std::vector<std::int64_t> seeds;
  for (const Result& result : results) {
    const auto loss = result.record->train_loss;
    const bool is_far_out = loss && !(*loss <= 0 || std::log(*loss) <= upper + 3 * (upper - lower));
    if (result.record->status == RunStatus::diverged || is_far_out) seeds.push_back(result.seed);
  }
  return seeds;
}

std::optional<std::vector<std::int64_t>> unlearnt_seeds(const CellResults& cell, const SweepConfig& config,
                                                        const TaskConfig& task) {
  std::optional<std::int64_t> trained;
  for (const std::int64_t length : config.eval.lengths) {
    if (length <= task.train_length.max && length > trained.value_or(-1)) trained = length;
  }
  return trained ? low_scores(cell.results, *trained) : high_losses(cell.results);
}

ScaleScores gather(const CellResults& cell, const ViewScores& view, const Value& value) {
  ScaleScores scale{.value = value, .parameters = cell.parameters, .seeds = {}, .scores = {}};
  for (const auto& [seed, pair, record] : cell.results) {
    std::optional<double> score;
    bool diverged = record->status == RunStatus::diverged;
    if (!diverged) {
      score = find_score(*record, view.metric, view.length);
      if (!score) continue;               // not evaluated at this length yet
      diverged = !std::isfinite(*score);  // weights that overflowed in the last update
    }
    if (diverged) {
      ++scale.diverged;
      if (!view.bounded) continue;
      score = 0;
    }
    scale.seeds.push_back(seed);
    scale.scores.push_back(*score);
    if (cell.is_grid) scale.pairs.push_back(pair);
  }
  scale.unlearnt = cell.unlearnt;
  if (view.metric.starts_with("exact_match") && cell.test_problems.contains(*view.length))
    scale.test_problems = cell.test_problems.at(*view.length);
  return scale;
}

/// Indices of an axis's values: ascending if they are numbers, as configured if not.
std::vector<std::size_t> scale_order(const std::vector<Value>& values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (std::all_of(values.begin(), values.end(), [](const Value& value) { return value.is_number(); })) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a].get<double>() < values[b].get<double>(); });
  }
  return order;
}

/// (metric, length) of every view: the main one, then every metric that some record holds at every length, then the
/// training loss.
std::vector<std::pair<std::string, std::optional<std::int64_t>>> view_names(const SweepConfig& config,
                                                                            const std::vector<CellResults>& cells) {
  std::vector<std::string> metrics;
  for (const CellResults& cell : cells) {
    for (const Result& result : cell.results) {
      for (const LengthScores& at : result.record->lengths) {
        for (const auto& [name, value] : at.scores) {
          if (std::find(metrics.begin(), metrics.end(), name) == metrics.end()) metrics.push_back(name);
        }
      }
    }
  }
  const std::pair<std::string, std::optional<std::int64_t>> main{config.analysis.metric, config.analysis.length};
  std::vector names{main};
  for (const std::string& metric : metrics) {
    for (const std::int64_t length : config.eval.lengths) {
      if (std::pair name{metric, std::optional{length}}; name != main) names.push_back(std::move(name));
    }
  }
  names.emplace_back(kTrainLoss, std::nullopt);
  return names;
}

/// The cell of each of an axis's values.
std::vector<std::size_t> cells_on_axis(const Plan& plan, std::size_t axis) {
  std::vector<std::size_t> cells(plan.config.axes[axis].values.size());
  for (std::size_t c = 0; c < plan.cells.size(); ++c) {
    for (const AxisPoint& point : plan.cells[c].cell.points) {
      if (point.axis == axis) cells[point.value] = c;
    }
  }
  return cells;
}

}  // namespace

ScoreTable score_table(const Plan& plan, const std::vector<SeedRecord>& records, const TestSize& test_size) {
  std::unordered_map<std::string_view, const SeedRecord*> by_id;
  by_id.reserve(records.size());
  for (const SeedRecord& record : records) by_id[record.run_id] = &record;

  ScoreTable table{.source = {}, .settings = plan.config.analysis, .axes = {}};
  std::vector<CellResults> cells;
  for (const PlannedCell& planned : plan.cells) {
    CellResults& cell = cells.emplace_back(
        CellResults{.parameters = planned.parameters, .is_grid = plan.config.seeds.vary == "grid", .results = {}});
    for (const PlannedRun& run : planned.runs) {
      ++table.source.planned;
      const auto found = by_id.find(run.run_id);
      if (found == by_id.end()) {
        ++table.source.pending;
      } else if (found->second->status == RunStatus::failed) {
        ++table.source.failed;
      } else {
        ++(found->second->status == RunStatus::diverged ? table.source.diverged : table.source.done);
        cell.results.push_back({run.seed, run.seeds, found->second});
      }
    }
    cell.unlearnt = unlearnt_seeds(cell, plan.config, planned.cell.task);
    for (const std::int64_t length : plan.config.eval.lengths) {
      if (test_size) cell.test_problems[length] = test_size(planned.cell, length);
    }
  }

  const auto names = view_names(plan.config, cells);
  for (std::size_t a = 0; a < plan.config.axes.size(); ++a) {
    const AxisConfig& config = plan.config.axes[a];
    const std::vector<std::size_t> cell_of = cells_on_axis(plan, a);
    AxisScores axis{.key = config.key, .with = config.with, .views = {}};
    for (const auto& [metric, length] : names) {
      ViewScores view{.metric = metric, .length = length, .bounded = in_unit_interval(metric), .scales = {}};
      for (const std::size_t v : scale_order(config.values)) {
        view.scales.push_back(gather(cells[cell_of[v]], view, config.values[v]));
      }
      axis.views.push_back(std::move(view));
    }
    table.axes.push_back(std::move(axis));
  }
  return table;
}

}  // namespace seedscape
