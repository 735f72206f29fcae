// Scores on the way: each seed's curve over the steps, and when it reaches the success threshold.

#include <algorithm>

#include "figures.h"
#include "seedscape/base/number.h"
#include "seedscape/report/report.h"
#include "spec.h"

namespace seedscape {

namespace {

constexpr std::size_t kMostCurves = 48, kMostSteps = 60;  // of one scale; more cannot be told apart

/// Every `1 / most`-th index of n, the first and the last among them.
std::vector<std::size_t> thinned(std::size_t n, std::size_t most) {
  std::vector<std::size_t> kept;
  const std::size_t count = std::min(n, most);
  for (std::size_t i = 0; i < count; ++i) kept.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
  return kept;
}

Json curve_rows(const Json& scale, std::size_t s, const std::string& label, double threshold) {
  Json rows = Json::array();
  for (const std::size_t i : thinned(scale["seeds"].size(), kMostCurves)) {
    const Json& seed = scale["seeds"][i];
    const Json& scores = seed["score"];
    const auto final_score = scores.empty() ? std::nullopt : finite(scores.back());
    const char* const ending = final_score && *final_score >= threshold ? "success" : "no success";
    for (const std::size_t j : thinned(scores.size(), kMostSteps))
      rows.push_back({{"order", s},
                      {"panel", label},
                      {"seed", seed["seed"]},
                      {"ends as", ending},
                      {"step", seed["step"][j]},
                      {"score", finite_or_null(scores[j])}});
  }
  return rows;
}

}  // namespace

void add_trajectories(const View& view, const Json& axis, Figures& figures) {
  if (axis.is_null()) return;
  Json curves = Json::array(), times = curves, never = curves;
  std::vector<std::string> missed;
  std::int64_t seeds = 0;
  double last_step = 0;
  bool is_thinned = false;
  std::int64_t reached = 0;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json& scale = axis["scales"][s];
    for (const Json& row : curve_rows(scale, s, view.labels[s], view.threshold)) curves.push_back(row);
    std::int64_t slow = 0;
    is_thinned = is_thinned || scale["seeds"].size() > kMostCurves;
    for (const Json& seed : scale["seeds"]) {
      ++seeds;
      if (!seed["step"].empty()) last_step = std::max(last_step, seed["step"].back().get<double>());
      is_thinned = is_thinned || seed["step"].size() > kMostSteps;
      (seed["reached"].is_null() ? slow : reached) += 1;
      times.push_back({{"scale", view.labels[s]}, {"seed", seed["seed"]}, {"reached at step", seed["reached"]}});
    }
    if (scale["seeds"].empty()) continue;
    never.push_back(
        {{"scale", view.labels[s]}, {"text", std::to_string(slow) + " of " + std::to_string(scale["seeds"].size())}});
    missed.push_back(std::to_string(slow) + " of " + std::to_string(scale["seeds"].size()) + " at " + view.labels[s]);
  }
  if (seeds == 0) return;
  const std::vector<std::string> endings{"success", "no success"};
  Json step = spec::quantity("step", "step");
  step["axis"] = {{"tickCount", 5}};
  Json layers = Json::array();
  if (view.bounded) layers.push_back(spec::rule_at("y", view.threshold));
  layers.push_back({{"mark", {{"type", "line"}, {"strokeWidth", 1.2}, {"opacity", 0.7}}},
                    {"encoding",
                     {{"x", step},
                      {"y", spec::score(view, "score", view.score_title)},
                      {"detail", {{"field", "seed"}}},
                      {"color", spec::colours("ends as", endings, "ends as")},
                      {"strokeDash", spec::dashes("ends as", endings, "ends as")}}}});
  std::string text = "One line a seed";
  if (is_thinned)
    text += " (at most " + std::to_string(kMostCurves) + " a scale and " + std::to_string(kMostSteps) +
            " points each; curves.csv has all)";
  figures.push_back({view.id + "-trajectories", "On the way: each seed's score over the steps",
                     text + ". Solid lines end as a success.", curves,
                     spec::with_rows(curves, spec::facet(spec::panels(), 3, 270, 150, layers))});

  if (!view.bounded) return;
  Json y = spec::scales(view);
  y.erase("axis");
  Json x = spec::quantity("reached at step", "first evaluation at or above the threshold (step)");
  x["scale"] = {{"domain", {0, last_step}}};
  const Json seeds_there{{"aggregate", "count"}, {"type", "quantitative"}, {"title", "seeds"}};
  Json circles = Json::array();
  if (reached > 0) {  // the size of no circle has no domain
    circles.push_back(
        {{"transform", {{{"filter", "isValid(datum['reached at step'])"}}}},
         {"mark", {{"type", "circle"}, {"opacity", 0.8}, {"color", spec::kBlue}}},
         {"encoding",
          {{"y", y}, {"x", x}, {"size", seeds_there}, {"tooltip", {{{"field", "reached at step"}}, seeds_there}}}}});
  }
  for (Json text_layer :
       {Json{{"data", {{"values", never}}},
             {"mark", {{"type", "text"}, {"align", "left"}, {"dx", 12}}},
             {"encoding", {{"y", y}, {"x", {{"value", "width"}}}, {"text", {{"field", "text"}}}}}},
        Json{{"data", {{"values", {{{"text", "slow or never"}}}}}},
             {"mark", {{"type", "text"}, {"align", "left"}, {"dx", 12}, {"fontWeight", 600}}},
             {"encoding", {{"y", {{"value", -12}}}, {"x", {{"value", "width"}}}, {"text", {{"field", "text"}}}}}}})
    circles.push_back(text_layer);
  Json spec = spec::with_rows(times, {{"height", 34 * view.labels.size()}, {"layer", circles}});
  spec["padding"] = {{"left", 5}, {"top", 22}, {"bottom", 5}, {"right", 105}};
  figures.push_back({view.id + "-breakthrough-time", "Time to breakthrough",
                     "Circles: how many seeds first reached it then. By the last evaluation these had not reached " +
                         shortest(view.threshold) +
                         ", be it that they are slow or that they never will: " + list_text(missed) + ".",
                     times, spec});
}

}  // namespace seedscape
