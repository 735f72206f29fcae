// One mode or several, and what is left of success when its threshold moves.

#include <algorithm>

#include "figures.h"
#include "seedscape/report/report.h"
#include "spec.h"

namespace seedscape {

namespace {

constexpr double kSignificant = 0.05;

bool any_scale_has(const View& view, const char* name) {
  return std::ranges::any_of(view.json["scales"],
                             [&](const Json& scale) { return !member_or_null(scale, name).is_null(); });
}

std::string modes_text(const Json& modality) {
  std::vector<std::string> places;
  for (const Json& mode : member_or_null(modality, "modes")) places.push_back(number_text(mode["at"]));
  return list_text(places);
}

std::string mixture_text(const Json& mixture) {
  if (mixture.is_null()) return "none";
  std::vector<std::string> parts;
  if (mixture["at_zero"].get<double>() > 0) parts.push_back(number_text(mixture["at_zero"]) + " at 0");
  for (const Json& part : mixture["parts"])
    parts.push_back(number_text(part["weight"]) + " near " + number_text(part["mean"]));
  if (mixture["at_one"].get<double>() > 0) parts.push_back(number_text(mixture["at_one"]) + " at 1");
  return list_text(parts);
}

}  // namespace

void add_modality(const View& view, Figures& figures) {
  if (!any_scale_has(view, "modality")) return;
  const std::string dip = "dip test", silverman = "Silverman's test";
  Json tests = Json::array(), table = tests;
  std::vector<std::string> several;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json& modality = member_or_null(view.scale(s), "modality");
    for (const auto& [name, key] : {std::pair{dip, "dip"}, {silverman, "silverman"}}) {
      const auto p = finite(at_path(modality, {key, "p"})), adjusted = finite(at_path(modality, {key, "p_adjusted"}));
      if (adjusted)
        tests.push_back(
            {{"scale", view.labels[s]}, {"test", name}, {"p", p ? Json(*p) : Json()}, {"p adjusted", *adjusted}});
      if (adjusted && *adjusted < kSignificant && std::string(key) == "dip") several.push_back(view.labels[s]);
    }
    table.push_back({{view.axis_title, view.labels[s]},
                     {"dip", at_path(modality, {"dip", "value"})},
                     {"p adjusted", at_path(modality, {"dip", "p_adjusted"})},
                     {"Silverman p adjusted", at_path(modality, {"silverman", "p_adjusted"})},
                     {"modes at", modes_text(modality)},
                     {"antimode", member_or_null(modality, "antimode")},
                     {"mixture (by BIC)", mixture_text(member_or_null(modality, "mixture"))},
                     {"bimodality coefficient", member_or_null(modality, "bimodality_coefficient")}});
  }
  if (!tests.empty()) {
    Json y = spec::quantity("p adjusted", "p, adjusted over the scales");
    y["scale"] = {{"type", "log"}, {"domainMax", 1}};
    y["axis"] = {{"values", {1, 0.1, 0.01, 0.001, 0.0001}}};
    const Json tooltip{{{"field", "scale"}}, {{"field", "test"}}, {{"field", "p"}}, {{"field", "p adjusted"}}};
    Json layers = Json::array();
    layers.push_back(spec::rule_at("y", kSignificant));
    layers.push_back(
        {{"mark", {{"type", "point"}, {"filled", true}, {"size", 80}}},
         {"encoding",
          {{"x", spec::scales(view)},
           {"xOffset", {{"field", "test"}, {"type", "nominal"}, {"scale", {{"domain", {dip, silverman}}}}}},
           {"y", y},
           {"color", spec::colours("test", {dip, silverman}, "")},
           {"shape", spec::shapes("test", {dip, silverman}, "")},
           {"tooltip", tooltip}}}});
    const std::string text =
        several.empty() ? "The dip test finds more than one mode at no scale (adjusted p at or above 0.05 everywhere)."
                        : "The dip test finds more than one mode at " + scales_text(view, several) +
                              " (adjusted p below 0.05, the dashed line).";
    figures.push_back({view.id + "-modality", "One mode or several?", text, tests,
                       spec::with_rows(tests, {{"height", 220}, {"layer", layers}})});
  }
  figures.push_back({view.id + "-modes", "Modes of each scale",
                     "Peaks of the density, the lowest point between them, and the mixture of masses at 0 and 1 and "
                     "one to three normal parts that the Bayesian information criterion prefers.",
                     table});
}

void add_thresholds(const View& view, Figures& figures) {
  if (!view.bounded || !any_scale_has(view, "thresholds")) return;
  const std::string p = "P(score at least t)", mean = "mean of those seeds";
  Json rows = Json::array();
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json& curve = member_or_null(view.scale(s), "thresholds");
    for (std::size_t t = 0; t < member_or_null(curve, "threshold").size(); ++t) {
      rows.push_back({{"order", 0},
                      {"panel", p},
                      {"scale", view.labels[s]},
                      {"threshold", curve["threshold"][t]},
                      {"value", curve["success"][t]},
                      {"low", curve["low"][t]},
                      {"high", curve["high"][t]}});
      rows.push_back({{"order", 1},
                      {"panel", mean},
                      {"scale", view.labels[s]},
                      {"threshold", curve["threshold"][t]},
                      {"value", curve["mean_of_successes"][t]},
                      {"low", nullptr},
                      {"high", nullptr}});
    }
  }
  Json threshold = spec::quantity("threshold", "threshold t"), value = spec::quantity("value", "");
  value["title"] = nullptr;
  value["scale"] = threshold["scale"] = {{"domain", {0, 1}}};
  const Json colour{{"field", "scale"},
                    {"type", "nominal"},
                    {"title", view.axis_title},
                    {"scale", {{"domain", view.labels}, {"scheme", "viridis"}}}};
  const Json all_dashes{{1, 0}, {8, 3}, {4, 2}, {2, 2}};
  const Json all_shapes{"circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"};
  Json dash = colour, shape = colour;
  dash["scale"] = shape["scale"] = {{"domain", view.labels}, {"range", Json::array()}};
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    dash["scale"]["range"].push_back(all_dashes[s % all_dashes.size()]);
    shape["scale"]["range"].push_back(all_shapes[s % all_shapes.size()]);
  }
  const Json tooltip{{{"field", "scale"}},
                     {{"field", "threshold"}},
                     {{"field", "value"}, {"format", ".3f"}},
                     {{"field", "low"}, {"format", ".3f"}},
                     {{"field", "high"}, {"format", ".3f"}}};
  Json layers = Json::array();
  layers.push_back(spec::rule_at("x", view.threshold));
  layers.push_back({{"mark", {{"type", "line"}, {"strokeWidth", 1.5}}},
                    {"encoding", {{"x", threshold}, {"y", value}, {"color", colour}, {"strokeDash", dash}}}});
  layers.push_back(
      {{"mark", {{"type", "point"}, {"filled", true}, {"size", 36}, {"opacity", 1}}},
       {"encoding", {{"x", threshold}, {"y", value}, {"color", colour}, {"shape", shape}, {"tooltip", tooltip}}}});
  const auto fraction = [&](std::size_t s, double t) -> std::optional<double> {
    const Json& curve = member_or_null(view.scale(s), "thresholds");
    for (std::size_t i = 0; i < member_or_null(curve, "threshold").size(); ++i)
      if (std::abs(curve["threshold"][i].get<double>() - t) < 1e-9) return finite(curve["success"][i]);
    return std::nullopt;
  };
  std::string text = "Every threshold at once; the dashed line is the config's.";
  const std::size_t last = view.labels.size() - 1;
  if (const auto at_20 = fraction(last, 0.2), at_80 = fraction(last, 0.8); at_20 && at_80)
    text += " At " + view.labels[last] + ", P(success) is " + number_text(*at_20) + " for a threshold of 0.2 and " +
            number_text(*at_80) + " for 0.8. Flat stretches mean that the choice of threshold there does not matter.";
  figures.push_back({view.id + "-thresholds", "Success at every threshold", text, rows,
                     spec::with_rows(rows, spec::facet(spec::panels(), 2, 340, 240, layers))});
}

}  // namespace seedscape
