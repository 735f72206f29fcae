#include "seedscape/analysis/compare.h"

#include <algorithm>

#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/kolmogorov_smirnov.h"
#include "seedscape/base/error.h"
#include "seedscape/base/version.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;

Json formulas() {
  return {
      {"success", "count of score >= threshold, divided by n; interval: Wilson score"},
      {"success_difference", "fraction of a - fraction of b; interval: Newcombe's hybrid score (1998, method 10)"},
      {"ks", "D = max |F_a - F_b|; p: exact two-sided two-sample Kolmogorov-Smirnov, not corrected for ties"},
  };
}

bool is_same_key(const std::string& a, const std::string& b) {
  return a == b || a.ends_with("." + b) || b.ends_with("." + a);
}

/// The axis of `b` that stands beside one of `a`, or null.
const AxisScores* counterpart(const AxisScores& axis, const ScoreTable& b) {
  const AxisScores* best = nullptr;
  for (const AxisScores& other : b.axes) {
    if (is_same_key(axis.key, other.key) && (best == nullptr || (best->with != axis.with && other.with == axis.with)))
      best = &other;
  }
  return best;
}

const ViewScores& compared_view(const AxisScores& axis, const AnalysisConfig& settings) {
  if (axis.views.size() == 1) return axis.views[0];
  for (const ViewScores& view : axis.views) {
    const bool has_scores = std::ranges::any_of(view.scales, [](const auto& scale) { return !scale.scores.empty(); });
    if (view.metric == settings.metric && view.length.value_or(-1) == settings.length && has_scores) return view;
  }
  throw Error(ErrorKind::usage, "axis " + axis.key + " has no scores of " + settings.metric +
                                    (settings.length >= 0 ? " at length " + std::to_string(settings.length) : ""));
}

/// One side of a cell.
struct Side {
  std::vector<double> sample;  // ascending
  std::int64_t n = 0, successes = 0;
  Json json;
};

Side make_side(const ScaleScores& scale, bool bounded, const AnalysisConfig& settings) {
  Side side{.sample = scale.scores, .json = {{"n", scale.scores.size()}, {"diverged", scale.diverged}}};
  std::ranges::sort(side.sample);
  side.n = std::ssize(side.sample);
  side.successes = side.sample.end() - std::ranges::lower_bound(side.sample, settings.success_threshold);
  side.json["mean"] = side.n > 0 ? Json(mean(side.sample)) : Json();
  side.json["success"] = nullptr;
  if (bounded && side.n > 0) {
    const Interval wilson = wilson_interval(side.successes, side.n, settings.level);
    side.json["success"] = {{"count", side.successes},
                            {"fraction", static_cast<double>(side.successes) / static_cast<double>(side.n)},
                            {"low", wilson.low},
                            {"high", wilson.high}};
  }
  return side;
}

Json cell_json(const ScaleScores& scale_a, const ScaleScores& scale_b, bool bounded, const AnalysisConfig& settings) {
  const Side a = make_side(scale_a, bounded, settings), b = make_side(scale_b, bounded, settings);
  Json cell = {
      {"value", Json(scale_a.value)}, {"a", a.json}, {"b", b.json}, {"success_difference", nullptr}, {"ks", nullptr}};
  if (a.n == 0 || b.n == 0) return cell;
  if (bounded) {
    const Interval interval = newcombe_interval(a.successes, a.n, b.successes, b.n, settings.level);
    cell["success_difference"] = {
        {"value", a.json["success"]["fraction"].get<double>() - b.json["success"]["fraction"].get<double>()},
        {"low", interval.low},
        {"high", interval.high}};
  }
  const KolmogorovSmirnov test = kolmogorov_smirnov(a.sample, b.sample);
  cell["ks"] = {{"statistic", test.statistic}, {"p", test.p}, {"method", test.is_exact ? "exact" : "asymptotic"}};
  return cell;
}

}  // namespace

nlohmann::ordered_json compare(const ScoreTable& a, const ScoreTable& b) {
  const AnalysisConfig& settings = a.settings;
  Json axes = Json::array();
  for (const AxisScores& axis : a.axes) {
    const AxisScores* const other = counterpart(axis, b);
    if (other == nullptr) continue;
    const ViewScores& view = compared_view(axis, settings);
    const ViewScores& other_view = compared_view(*other, settings);
    const bool bounded = view.bounded && other_view.bounded;
    Json cells = Json::array();
    for (const ScaleScores& scale : view.scales) {
      const auto same = std::ranges::find(other_view.scales, scale.value, &ScaleScores::value);
      if (same != other_view.scales.end()) cells.push_back(cell_json(scale, *same, bounded, settings));
    }
    if (cells.empty()) continue;
    axes.push_back({{"key", axis.key},
                    {"with", axis.with},
                    {"metric", view.metric},
                    {"length", view.length ? Json(*view.length) : Json()},
                    {"cells", std::move(cells)}});
  }
  if (axes.empty()) throw Error(ErrorKind::usage, "nothing to compare: no value of any axis is in both");
  return {{"schema", 1},
          {"program", {{"name", "seedscape"}, {"version", kVersion}}},
          {"settings",
           {{"success_threshold", settings.success_threshold}, {"level", settings.level}, {"formulas", formulas()}}},
          {"axes", std::move(axes)}};
}

}  // namespace seedscape
