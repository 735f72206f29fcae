// What becomes of the distribution as the model grows: four statistics, and its distance to the last one.

#include <algorithm>

#include "figures.h"
#include "seedscape/base/number.h"
#include "seedscape/report/report.h"
#include "spec.h"

namespace seedscape {

namespace {

/// The largest step of a statistic between neighbouring scales, and the scale that it leads to.
struct Step {
  double size = 0;
  std::size_t to = 0;
};
Step largest_step(const std::vector<std::optional<double>>& values) {
  Step largest;
  for (std::size_t s = 1; s < values.size(); ++s) {
    if (!values[s] || !values[s - 1]) continue;
    const double size = *values[s] - *values[s - 1];
    if (std::abs(size) > std::abs(largest.size)) largest = {size, s};
  }
  return largest;
}

std::vector<std::optional<double>> along(const View& view, std::initializer_list<const char*> path) {
  std::vector<std::optional<double>> values;
  for (std::size_t s = 0; s < view.labels.size(); ++s) values.push_back(finite(at_path(view.scale(s), path)));
  return values;
}

std::string step_text(const View& view, const Step& step) {
  return (step.size < 0 ? "-" : "+") + number_text(std::abs(step.size)) + ", from " + view.labels[step.to - 1] +
         " to " + view.labels[step.to];
}

Json band(const Json& x, const Json& y, const char* low, const char* high, const std::string& title) {
  Json from = y;
  from["field"] = low;
  from["title"] = title;
  const Json encoding{{"x", x}, {"y", from}, {"y2", {{"field", high}}}};
  return {{{"mark", {{"type", "area"}, {"opacity", 0.18}, {"color", spec::kBlue}}}, {"encoding", encoding}},
          {{"mark", {{"type", "rule"}, {"opacity", 0.6}, {"color", spec::kBlue}}}, {"encoding", encoding}}};
}

Json line(const Json& x, const Json& y, const Json& tooltip) {
  return {{"mark", {{"type", "line"}, {"color", spec::kBlue}, {"point", {{"size", 45}, {"color", spec::kBlue}}}}},
          {"encoding", {{"x", x}, {"y", y}, {"tooltip", tooltip}}}};
}

Json tooltip_of(std::initializer_list<const char*> fields) {
  Json tooltip = Json::array();
  for (const char* const field : fields) tooltip.push_back({{"field", field}});
  return tooltip;
}

std::string summary_text(const View& view) {
  const Step mode = largest_step(along(view, {"mode"})), mean = largest_step(along(view, {"mean", "value"}));
  if (mode.to == 0 || mean.to == 0) return "Neither mode nor mean moves.";
  std::string text = "The largest step of the mode is " + step_text(view, mode) + "; that of the mean is " +
                     step_text(view, mean) + ".";
  if (!view.bounded) return text;
  const Step success = largest_step(along(view, {"success", "fraction"}));
  if (success.to > 0) text += " P(success) moves by at most " + step_text(view, success) + ".";
  const auto first_mode = finite(view.scale(mode.to - 1)["mode"]), then_mode = finite(view.scale(mode.to)["mode"]);
  if (std::abs(mode.size) >= 2 * std::abs(mean.size))
    text += " So the mode jumps (" + number_text(*first_mode) + " to " + number_text(*then_mode) +
            ") where the distribution shifts gradually.";
  return text;
}

}  // namespace

void add_summary(const View& view, Figures& figures) {
  struct Statistic {
    const char *title, *name, *value;
  };
  std::vector<Statistic> statistics{{"Mode", "mode", nullptr}, {"Mean of all seeds", "mean", "value"}};
  const std::string p = "P(score at least " + shortest(view.threshold) + ")";
  if (view.bounded) {
    statistics.push_back({p.c_str(), "success", "fraction"});
    statistics.push_back({"Mean of those seeds", "mean_of_successes", "value"});
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    const auto& [title, name, value] = statistics[i];
    for (std::size_t s = 0; s < view.labels.size(); ++s) {
      const Json& statistic = view.scale(s)[name];
      rows.push_back({{"order", i},
                      {"panel", title},
                      {"scale", view.labels[s]},
                      {"value", value == nullptr ? finite_or_null(statistic) : finite_or_null(statistic[value])},
                      {"low", value == nullptr ? Json() : finite_or_null(statistic["low"])},
                      {"high", value == nullptr ? Json() : finite_or_null(statistic["high"])}});
    }
  }
  const Json x = spec::scales(view), y = spec::score(view, "value", "");
  Json value = y;
  value["title"] = nullptr;
  Json layers = band(x, value, "low", "high", "");
  for (Json& layer : layers) layer["encoding"]["y"]["title"] = nullptr;
  layers[1]["transform"] = {{{"filter", "isValid(datum.low)"}}};
  layers.push_back(line(x, value, tooltip_of({"scale", "value", "low", "high"})));
  figures.push_back({view.id + "-summary", "Mode, mean and success by scale", summary_text(view), rows,
                     spec::with_rows(rows, spec::facet(spec::panels(), 2, 330, 150, layers))});
}

void add_distance(const View& view, Figures& figures) {
  Json rows = Json::array();
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json& distance = view.scale(s)["w2_to_largest"];
    rows.push_back({{"scale", view.labels[s]},
                    {"w2", finite_or_null(distance["value"])},
                    {"low", finite_or_null(distance["low"])},
                    {"high", finite_or_null(distance["high"])},
                    {"noise floor", finite_or_null(at_path(distance, {"noise_floor", "value"}))}});
  }
  const Step fall = largest_step(along(view, {"w2_to_largest", "value"}));
  std::string text = "How far each distribution is from that at " + view.labels.back() + ".";
  if (fall.to > 0) text += " The largest step is " + step_text(view, fall) + ".";
  const Json x = spec::scales(view), y = spec::quantity("w2", "W2 to " + view.labels.back());
  Json layers = band(x, y, "low", "high", "W2 to " + view.labels.back());
  layers.push_back(line(x, y, tooltip_of({"scale", "w2", "low", "high", "noise floor"})));
  const bool has_floor = std::ranges::any_of(rows, [](const Json& row) { return !row["noise floor"].is_null(); });
  if (has_floor) {
    layers.push_back({{"mark",
                       {{"type", "line"},
                        {"color", spec::kGrey},
                        {"strokeDash", {2, 3}},
                        {"point", {{"shape", "cross"}, {"color", spec::kGrey}}}}},
                      {"encoding", {{"x", x}, {"y", spec::quantity("noise floor", "W2 to " + view.labels.back())}}}});
    text += " Crosses: what two halves of one scale's seeds are apart by chance.";
  }
  int height = 10;
  for (const auto& [name, what] :
       {std::pair{"modality_onset", "two or more modes from here"}, {"mode_jump", "largest rise of the mode"}}) {
    const Json& value = member_or_null(view.json, name);
    if (value.is_null()) continue;
    const auto place = std::ranges::find(view.labels, value_text(value)) - view.labels.begin();
    const bool at_right = 2 * place >= std::ssize(view.labels);
    const Json data{{"values", {{{"scale", value_text(value)}, {"mark", what}}}}};
    layers.push_back({{"data", data},
                      {"mark",
                       {{"type", "rule"},
                        {"strokeDash", height == 10 ? Json{6, 3} : Json{2, 2}},
                        {"color", spec::kOrange},
                        {"strokeWidth", 1.5}}},
                      {"encoding", {{"x", x}}}});
    layers.push_back(
        {{"data", data},
         {"mark",
          {{"type", "text"}, {"align", at_right ? "right" : "left"}, {"dx", at_right ? -6 : 6}, {"color", "#8a3a06"}}},
         {"encoding", {{"x", x}, {"y", {{"value", height}}}, {"text", {{"field", "mark"}}}}}});
    height += 16;
    text += std::string(" ") +
            (std::string(name) == "mode_jump" ? "The mode rises most at "
                                              : "The dip test first sees more than one mode at ") +
            value_text(value) + ".";
  }
  figures.push_back({view.id + "-distance", "Distance to the largest scale", text, rows,
                     spec::with_rows(rows, {{"height", 240}, {"layer", layers}})});
}

}  // namespace seedscape
