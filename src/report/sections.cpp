// Which figures a report has, in their order.

#include <algorithm>

#include "figures.h"
#include "seedscape/report/report.h"

namespace seedscape {

namespace {

/// The view of an axis with this metric at the main view's length.
std::optional<std::size_t> same_length(const Json& axis, const char* metric) {
  const Json &views = axis["views"], &main = views[0];
  for (std::size_t v = 1; v < views.size(); ++v) {
    if (views[v]["metric"] == metric && views[v]["length"] == main["length"]) return v;
  }
  return std::nullopt;
}

/// A key's value at one scale: that of the axis itself, fixed on it, or of the whole config.
Json key_at(const Json& axis, const Json& scale, const Json& config, const char* section, const char* name) {
  const std::string key = std::string(section) + "." + name;
  if (axis["key"] == key) return scale["value"];
  if (const Json& fixed = member_or_null(axis["with"], key.c_str()); !fixed.is_null()) return fixed;
  return at_path(config, {section, name});
}

/// The longest test length that all scales were trained on, or nothing.
std::optional<std::int64_t> trained_length(const Json& axis, const Json& config) {
  std::optional<std::int64_t> longest;
  for (const Json& view : axis["views"]) {
    if (view["metric"] != axis["views"][0]["metric"] || !view["length"].is_number_integer()) continue;
    const auto length = view["length"].get<std::int64_t>();
    const bool is_trained = std::ranges::all_of(view["scales"], [&](const Json& scale) {
      const Json range = key_at(axis, scale, config, "task", "train_length");
      return range.is_array() && range.size() == 2 && length <= range[1];
    });
    if (is_trained) longest = std::max(length, longest.value_or(0));
  }
  return longest;
}

std::string axis_title(const Json& axis) {
  std::string title = axis["key"].get<std::string>();
  for (const auto& [key, value] : axis["with"].items()) title += ", " + key + " " + value_text(value);
  return title;
}

}  // namespace

std::vector<Section> report_sections(const ReportSource& source) {
  std::vector<Section> sections;
  const Json config(source.config);
  for (std::size_t a = 0; a < source.analysis["axes"].size(); ++a) {
    const Json& axis = source.analysis["axes"][a];
    const View view = view_of(source.analysis, a, 0);
    Section& section = sections.emplace_back(Section{axis_title(axis), {}});
    Figures& figures = section.figures;
    add_scale_table(view, figures);
    add_seed_curves(view, figures);
    add_histograms(view, figures);
    add_summary(view, figures);
    add_distance(view, figures);
    add_modality(view, figures);
    add_thresholds(view, figures);
    for (const char* const metric : {"min_prob", "nll"}) {
      if (const auto other = same_length(axis, metric))
        add_other_metric(view, view_of(source.analysis, a, *other), figures);
    }
    add_lengths(view, axis, figures);
    if (const auto length = trained_length(axis, config)) {
      std::vector<bool> one_layer;
      for (const Json& scale : view.json["scales"])
        one_layer.push_back(key_at(axis, scale, config, "model", "depth") == 1);
      add_one_layer(view, axis, *length, one_layer, figures);
    }
    add_learnt(view, figures);
    if (source.trajectories.is_object()) add_trajectories(view, source.trajectories["axes"][a], figures);
    add_chance(view, figures);
    add_seeds_needed(view, figures);
    add_forecast(view, figures);
  }
  return sections;
}

}  // namespace seedscape
