// Single seeds over the scales: those that look most and least like a breakthrough.

#include <algorithm>
#include <map>
#include <tuple>

#include "figures.h"
#include "seedscape/base/number.h"
#include "seedscape/report/report.h"
#include "spec.h"

namespace seedscape {

namespace {

constexpr std::size_t kShown = 5;
const std::string kBreakthrough = "most breakthrough", kLinear = "most linear";

using Curves = std::map<std::int64_t, std::vector<double>>;  // scores by ascending scale

Curves complete_curves(const View& view) {
  Curves curves;
  for (const Json& scale : view.json["scales"]) {
    const Json& scores = scale["scores"];
    for (std::size_t i = 0; i < scores["seed"].size(); ++i) {
      if (const auto score = finite(scores["value"][i]))
        curves[scores["seed"][i].get<std::int64_t>()].push_back(*score);
    }
  }
  std::erase_if(curves, [&](const auto& curve) { return curve.second.size() < view.labels.size(); });
  return curves;
}

/// The largest rise between neighbouring scales, and the scale before it.
std::pair<double, std::size_t> largest_rise(const std::vector<double>& curve) {
  std::pair<double, std::size_t> largest{-1, 0};
  for (std::size_t s = 0; s + 1 < curve.size(); ++s) {
    if (const double rise = curve[s + 1] - curve[s]; rise > largest.first) largest = {rise, s};
  }
  return largest;
}

struct Named {
  std::int64_t seed = 0;
  Json value;
};

/// The seeds with the largest values of a property: ties by improvement, largest rise, lower seed.
std::vector<Named> largest(const View& view, const Curves& curves, const char* property) {
  const Json& seeds = view.json["seeds"];
  std::vector<std::pair<std::tuple<double, double, double, std::int64_t>, Named>> order;
  for (std::size_t i = 0; i < seeds["seed"].size(); ++i) {
    const auto seed = seeds["seed"][i].get<std::int64_t>();
    const auto curve = curves.find(seed);
    if (curve == curves.end() || seeds[property][i].is_null()) continue;
    order.push_back({{number_from_json(seeds[property][i]), number_from_json(seeds["improvement"][i]),
                      largest_rise(curve->second).first, -seed},
                     {seed, seeds[property][i]}});
  }
  std::ranges::sort(order, std::greater<>{}, [](const auto& entry) { return entry.first; });
  std::vector<Named> named;
  for (std::size_t i = 0; i < std::min(kShown, order.size()); ++i) named.push_back(order[i].second);
  return named;
}

Json curve_rows(const View& view, const Curves& curves, const std::vector<Named>& seeds, const std::string& shown) {
  Json rows = Json::array();
  for (std::size_t rank = 0; rank < seeds.size(); ++rank) {
    const std::vector<double>& curve = curves.at(seeds[rank].seed);
    for (std::size_t s = 0; s < curve.size(); ++s) {
      rows.push_back({{"shown", shown},
                      {"rank", rank + 1},
                      {"seed", seeds[rank].seed},
                      {"scale", view.labels[s]},
                      {"score", curve[s]}});
    }
  }
  return rows;
}

/// For the panels at the side: every scale's histogram, and where the two first seeds lie in it.
Json side_rows(const View& view, const Curves& curves, std::int64_t breakthrough, std::int64_t linear) {
  Json rows = Json::array();
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json &edges = view.scale(s)["histogram"]["edges"], &counts = view.scale(s)["histogram"]["counts"];
    for (std::size_t b = 0; b < counts.size(); ++b)
      rows.push_back(
          {{"scale", view.labels[s]}, {"order", s}, {"low", edges[b]}, {"high", edges[b + 1]}, {"seeds", counts[b]}});
    rows.push_back(
        {{"scale", view.labels[s]}, {"order", s}, {"shown", kBreakthrough}, {"score", curves.at(breakthrough)[s]}});
    rows.push_back({{"scale", view.labels[s]}, {"order", s}, {"shown", kLinear}, {"score", curves.at(linear)[s]}});
  }
  return rows;
}

Json curves_panel(const View& view, const Json& picked) {
  const std::vector<std::string> both{kBreakthrough, kLinear};
  const Json x = spec::scales(view), y = spec::score(view, "score", view.score_title);
  const Json strength{{"condition", {{"test", "datum.rank === 1"}, {"value", 1}}}, {"value", 0.35}};
  const Json colour = spec::colours("shown", both, "");
  const Json tooltip{
      {{"field", "seed"}}, {{"field", "shown"}}, {{"field", "scale"}}, {{"field", "score"}, {"format", ".3f"}}};
  Json layers = Json::array();
  layers.push_back({{"transform", {{{"filter", {{"param", "scale"}, {"empty", false}}}}}},
                    {"mark", {{"type", "rule"}, {"color", spec::kGrey}, {"strokeDash", {2, 3}}}},
                    {"encoding", {{"x", x}}}});
  layers.push_back({{"mark", {{"type", "line"}}},
                    {"encoding",
                     {{"x", x},
                      {"y", y},
                      {"detail", {{"field", "seed"}}},
                      {"color", colour},
                      {"strokeDash", spec::dash_if("datum.shown === '" + kLinear + "'")},
                      {"opacity", strength}}}});
  layers.push_back({{"params",
                     {{{"name", "scale"},
                       {"select", {{"type", "point"}, {"fields", {"scale"}}, {"nearest", true}, {"toggle", "true"}}},
                       {"value", picked}}}},
                    {"mark", {{"type", "point"}, {"filled", true}, {"size", 55}, {"cursor", "pointer"}}},
                    {"encoding",
                     {{"x", x},
                      {"y", y},
                      {"color", colour},
                      {"shape", spec::shapes("shown", both, "")},
                      {"opacity", strength},
                      {"tooltip", tooltip}}}});
  return {{"width", 400}, {"height", 300}, {"layer", layers}};
}

Json side_panel(const View& view) {
  const std::vector<std::string> both{kBreakthrough, kLinear};
  Json low = spec::quantity("low", view.score_title);
  low["bin"] = {{"binned", true}};
  low["axis"] = {{"tickCount", 5}};
  Json place = spec::quantity("score", view.score_title);
  if (view.bounded) low["scale"] = place["scale"] = {{"domain", {0, 1}}};
  const Json bars{{"transform", {{{"filter", "isValid(datum.seeds)"}}}},
                  {"mark", {{"type", "bar"}, {"color", "#b7c0c9"}, {"binSpacing", 0.5}}},
                  {"encoding", {{"x", low}, {"x2", {{"field", "high"}}}, {"y", spec::quantity("seeds", "seeds")}}}};
  const Json marks{{"transform", {{{"filter", "isValid(datum.shown)"}}}},
                   {"mark", {{"type", "rule"}, {"strokeWidth", 2.5}}},
                   {"encoding",
                    {{"x", place},
                     {"color", spec::colours("shown", both, "")},
                     {"strokeDash", spec::dash_if("datum.shown === '" + kLinear + "'")}}}};
  const Json header{{"field", "scale"},
                    {"type", "nominal"},
                    {"title", view.axis_title},
                    {"sort", {{"field", "order"}, {"op", "min"}}}};
  return {{"data", {{"name", "histograms"}}},
          {"transform", {{{"filter", {{"param", "scale"}}}}}},
          {"facet", header},
          {"columns", 1},
          {"spec", {{"width", 400}, {"height", 105}, {"layer", {bars, marks}}}}};
}

}  // namespace

void add_seed_curves(const View& view, Figures& figures) {
  const Curves curves = complete_curves(view);
  const std::vector<Named> breakthrough = largest(view, curves, "breakthroughness"),
                           linear = largest(view, curves, "linearity");
  if (breakthrough.empty() || linear.empty()) return;
  Json rows = curve_rows(view, curves, breakthrough, kBreakthrough);
  for (const Json& row : curve_rows(view, curves, linear, kLinear)) rows.push_back(row);
  const std::vector<double>& first = curves.at(breakthrough[0].seed);
  const auto [rise, before] = largest_rise(first);
  const Json picked{{{"scale", view.labels[before]}}, {{"scale", view.labels[before + 1]}}};
  Json spec = spec::with_rows(rows, {{"concat", {curves_panel(view, picked), side_panel(view)}}, {"columns", 2}});
  spec["datasets"]["histograms"] = side_rows(view, curves, breakthrough[0].seed, linear[0].seed);
  const std::string text =
      "Seed " + std::to_string(breakthrough[0].seed) + " has the largest breakthroughness (" +
      number_text(breakthrough[0].value) + "): it goes from " + number_text(first[before]) + " at " +
      view.labels[before] + " to " + number_text(first[before + 1]) + " at " + view.labels[before + 1] + ". Seed " +
      std::to_string(linear[0].seed) + " is the most linear (" + number_text(linear[0].value) + ", at most " +
      std::to_string(view.labels.size() - 1) +
      "). Strong lines: these two; faint ones: the four next of each. Beside them, all seeds at the scales before and "
      "after that jump, the two seeds marked; click a scale to see or hide its histogram.";
  figures.push_back({view.id + "-seeds", "The same training, other seeds: jump or slope", text, rows, spec});
}

}  // namespace seedscape
