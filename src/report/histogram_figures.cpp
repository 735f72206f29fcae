// How the scores of all seeds are distributed: at each scale, at each length, of another metric.

#include <algorithm>

#include "figures.h"
#include "seedscape/report/report.h"
#include "spec.h"

namespace seedscape {

namespace {

constexpr int kPanelWidth = 190, kPanelHeight = 110, kColumns = 4;

/// "4: 14 of 16 succeed", or without a success fraction the scale alone.
std::vector<std::string> success_titles(const View& view) {
  std::vector<std::string> titles = view.labels;
  for (std::size_t s = 0; s < titles.size(); ++s) {
    const Json& success = view.scale(s)["success"];
    if (!success.is_null())
      titles[s] += ": " + success["count"].dump() + " of " + view.scale(s)["n"].dump() + " succeed";
  }
  return titles;
}

/// The bins of every scale; `titles` names the panels.
Json bin_rows(const View& view, const std::vector<std::string>& titles) {
  Json rows = Json::array();
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json &edges = view.scale(s)["histogram"]["edges"], &counts = view.scale(s)["histogram"]["counts"];
    for (std::size_t b = 0; b < counts.size(); ++b) {
      rows.push_back({{"order", s},
                      {"scale", view.labels[s]},
                      {"panel", titles[s]},
                      {"low", edges[b]},
                      {"high", edges[b + 1]},
                      {"seeds", counts[b]}});
    }
  }
  return rows;
}

Json bars(const View& view) {
  Json low = spec::quantity("low", view.score_title);
  if (view.bounded) low["scale"] = {{"domain", {0, 1}}};
  low["bin"] = {{"binned", true}};
  low["axis"] = {{"tickCount", 5}};
  return {{"mark", {{"type", "bar"}, {"color", spec::kBlue}, {"binSpacing", 0.5}}},
          {"encoding",
           {{"x", low},
            {"x2", {{"field", "high"}}},
            {"y", spec::quantity("seeds", "seeds")},
            {"tooltip",
             {{{"field", "low"}, {"format", ".2f"}}, {{"field", "high"}, {"format", ".2f"}}, {{"field", "seeds"}}}}}}};
}

Json histogram_spec(const View& view, const Json& rows) {
  Json layers{bars(view)};
  if (view.bounded) layers.push_back(spec::rule_at("x", view.threshold));
  return spec::with_rows(rows, spec::facet(spec::panels(), kColumns, kPanelWidth, kPanelHeight, layers));
}

/// Share of the scores in the lowest, the highest and all other bins.
struct Ends {
  double low = 0, high = 0, between = 0;
};
Ends ends_of(const Json& scale) {
  const Json& counts = scale["histogram"]["counts"];
  double n = 0;
  for (const Json& count : counts) n += count.get<double>();
  if (n == 0) return {};
  const double low = counts.front().get<double>() / n, high = counts.back().get<double>() / n;
  return {low, high, 1 - low - high};
}

/// The view of the same axis with this metric and length, or null.
const Json& find_view(const Json& axis, const Json& metric, std::int64_t length) {
  static const Json null;
  for (const Json& view : axis["views"]) {
    if (view["metric"] == metric && view["length"] == length) return view;
  }
  return null;
}

bool has_scores(const View& view) {
  return std::ranges::any_of(view.json["scales"], [](const Json& scale) { return !scale["scores"]["value"].empty(); });
}

/// Scales at which at least a tenth of the seeds fail and a tenth succeed.
std::vector<std::string> split_scales(const View& view) {
  constexpr double kShare = 0.1;
  std::vector<std::string> split;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const auto fraction = finite(at_path(view.scale(s), {"success", "fraction"}));
    if (fraction && *fraction >= kShare && *fraction <= 1 - kShare) split.push_back(view.labels[s]);
  }
  return split;
}

}  // namespace

void add_histograms(const View& view, Figures& figures) {
  if (!has_scores(view)) return;
  const Json rows = bin_rows(view, success_titles(view));
  std::string text = "Each panel is one scale, each bar the number of seeds that end with that score.";
  if (view.bounded) {
    const std::vector<std::string> split = split_scales(view);
    const Ends first = ends_of(view.scale(0)), last = ends_of(view.scale(view.labels.size() - 1));
    text += " At " + view.axis_title + " " + view.labels.front() + " the lowest bin holds " + percent_text(first.low) +
            " of the seeds, at " + view.labels.back() + " it holds " + percent_text(last.low) + ".";
    text += split.empty() ? " At no scale do a tenth of the seeds fail and a tenth succeed."
                          : " Both failures and successes (a tenth or more of each) are found at " +
                                scales_text(view, split) + ". The dashed line is the success threshold.";
  }
  figures.push_back(
      {view.id + "-histograms", "Where the seeds end, scale by scale", text, rows, histogram_spec(view, rows)});
}

void add_other_metric(const View& view, const View& other, Figures& figures) {
  if (!has_scores(other)) return;
  const Json rows = bin_rows(other, other.labels);
  const std::string metric = other.json["metric"].get<std::string>();
  std::string text = "The same runs by a metric without a threshold per sequence";
  if (other.bounded) {
    std::vector<std::string> both;
    for (std::size_t s = 0; s < other.labels.size(); ++s) {
      const Json& values = other.scale(s)["scores"]["value"];
      if (values.empty()) continue;
      const auto low = std::ranges::count_if(values, [](const Json& x) { return x.get<double>() < 0.2; });
      const auto high = std::ranges::count_if(values, [](const Json& x) { return x.get<double>() >= 0.5; });
      if (10 * low >= std::ssize(values) && 10 * high >= std::ssize(values)) both.push_back(other.labels[s]);
    }
    text += both.empty() ? ": at no scale do a tenth of the seeds lie below 0.2 and a tenth at 0.5 or more."
                         : ": at " + scales_text(other, both) +
                               " a tenth of the seeds or more lie below 0.2 and a tenth or more at 0.5 or above, so "
                               "two groups there are not made by exact match alone.";
  } else {
    text += ": low is good.";
  }
  Json spec = histogram_spec(other, rows);
  if (other.bounded) spec["spec"]["layer"].erase(1);  // its scores are no successes
  figures.push_back({view.id + "-" + (metric == "nll" ? "nll" : "min-prob"),
                     "By a smoother metric: " + other.score_title, text, rows, spec});
}

void add_lengths(const View& view, const Json& axis, Figures& figures) {
  std::vector<const Json*> views;
  for (const Json& candidate : axis["views"]) {
    if (candidate["metric"] == view.json["metric"] && !candidate["length"].is_null()) views.push_back(&candidate);
  }
  if (!view.bounded || views.size() < 2) return;
  std::ranges::sort(views, {}, [](const Json* v) { return (*v)["length"].get<std::int64_t>(); });
  std::vector<std::int64_t> lengths;
  for (const Json* const v : views) lengths.push_back((*v)["length"].get<std::int64_t>());
  double gap = static_cast<double>(lengths.back() - lengths.front());
  for (std::size_t i = 1; i < lengths.size(); ++i)
    gap = std::min(gap, static_cast<double>(lengths[i] - lengths[i - 1]));

  Json rows = Json::array(), means = rows;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    for (std::size_t l = 0; l < views.size(); ++l) {
      const Json& scale = (*views[l])["scales"][s];
      const Json &edges = scale["histogram"]["edges"], &counts = scale["histogram"]["counts"];
      const auto most =
          static_cast<double>(std::max<std::int64_t>(1, std::ranges::max(counts.get<std::vector<std::int64_t>>())));
      const auto middle = static_cast<double>(lengths[l]);
      for (std::size_t b = 0; b < counts.size(); ++b) {
        if (counts[b] == 0) continue;
        const double half = 0.46 * gap * counts[b].get<double>() / most;
        rows.push_back({{"order", s},
                        {"panel", view.labels[s]},
                        {"length", lengths[l]},
                        {"low", edges[b]},
                        {"high", edges[b + 1]},
                        {"seeds", counts[b]},
                        {"from", middle - half},
                        {"to", middle + half}});
      }
      if (!scale["mean"]["value"].is_null())
        means.push_back(
            {{"order", s}, {"panel", view.labels[s]}, {"length", lengths[l]}, {"mean", scale["mean"]["value"]}});
    }
  }
  Json x = spec::quantity("from", "test length");
  x["scale"] = {
      {"domain", {static_cast<double>(lengths.front()) - gap / 2, static_cast<double>(lengths.back()) + gap / 2}},
      {"nice", false}};
  x["axis"] = {{"values", lengths}, {"grid", false}};
  const Json tooltip{{{"field", "length"}},
                     {{"field", "low"}, {"format", ".2f"}},
                     {{"field", "high"}, {"format", ".2f"}},
                     {{"field", "seeds"}}};
  const Json bodies{{"mark", {{"type", "rect"}, {"color", spec::kBlue}}},
                    {"encoding",
                     {{"x", x},
                      {"x2", {{"field", "to"}}},
                      {"y", spec::score(view, "low", view.json["metric"].get<std::string>())},
                      {"y2", {{"field", "high"}}},
                      {"tooltip", tooltip}}}};
  Json mean_x = spec::quantity("length", "test length");
  const Json line{{"data", {{"name", "means"}}},
                  {"mark",
                   {{"type", "line"},
                    {"color", spec::kOrange},
                    {"point", {{"color", spec::kOrange}, {"shape", "diamond"}}},
                    {"strokeWidth", 1.5}}},
                  {"encoding", {{"x", mean_x}, {"y", spec::quantity("mean", view.json["metric"].get<std::string>())}}}};
  // Panels take their data from one set, so the means stand among the rows.
  Json all = rows;
  for (const Json& mean : means) all.push_back(mean);
  Json bars_only = bodies, means_only = line;
  bars_only["transform"] = {{{"filter", "isValid(datum.seeds)"}}};
  means_only.erase("data");
  means_only["transform"] = {{{"filter", "isValid(datum.mean)"}}};
  const Json spec = spec::with_rows(all, spec::facet(spec::panels(), 3, 250, 150, Json{bars_only, means_only}));

  const Json& shortest = *views.front();
  std::string text = "Mirrored histograms, as wide as many seeds end there; the orange line is the mean.";
  const std::size_t last = view.labels.size() - 1;
  text += " At " + view.axis_title + " " + view.labels[last] + " the mean goes from " +
          number_text(shortest["scales"][last]["mean"]["value"]) + " at length " + std::to_string(lengths.front()) +
          " to " + number_text((*views.back())["scales"][last]["mean"]["value"]) + " at length " +
          std::to_string(lengths.back()) + ", at " + view.labels[0] + " from " +
          number_text(shortest["scales"][0]["mean"]["value"]) + " to " +
          number_text((*views.back())["scales"][0]["mean"]["value"]) + ".";
  figures.push_back({view.id + "-lengths", "Scores by test length", text, rows, spec});
}

void add_one_layer(const View& view, const Json& axis, std::int64_t trained_length, const std::vector<bool>& one_layer,
                   Figures& figures) {
  const Json& inside = find_view(axis, view.json["metric"], trained_length);
  if (inside.is_null() || !view.bounded || view.json["length"] == trained_length) return;
  const std::string in_name = "length " + std::to_string(trained_length) + ", as trained",
                    out_name = "length " + view.json["length"].dump() + ", longer";
  Json rows = Json::array();
  std::vector<std::string> sentences;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    if (!one_layer[s]) continue;
    for (const auto& [name, scale] : {std::pair{in_name, &inside["scales"][s]}, {out_name, &view.scale(s)}}) {
      const Json &edges = (*scale)["histogram"]["edges"], &counts = (*scale)["histogram"]["counts"];
      for (std::size_t b = 0; b < counts.size(); ++b) {
        rows.push_back({{"order", s},
                        {"panel", view.labels[s]},
                        {"tested at", name},
                        {"low", edges[b]},
                        {"high", edges[b + 1]},
                        {"seeds", counts[b]}});
      }
    }
    sentences.push_back("at " + view.labels[s] + " the mean is " + number_text(inside["scales"][s]["mean"]["value"]) +
                        " at length " + std::to_string(trained_length) + " and " +
                        number_text(view.scale(s)["mean"]["value"]) + " at length " + view.json["length"].dump());
  }
  if (rows.empty()) return;
  Json layer = bars(view);
  layer["mark"] = {{"type", "bar"}, {"fillOpacity", 0.35}, {"strokeWidth", 1.5}, {"binSpacing", 1}};
  layer["encoding"]["x"]["title"] = view.json["metric"];
  layer["encoding"]["y"]["stack"] = nullptr;
  layer["encoding"]["color"] = spec::colours("tested at", {in_name, out_name}, "");
  layer["encoding"]["stroke"] = spec::colours("tested at", {in_name, out_name}, "");
  layer["encoding"]["strokeDash"] = spec::dash_if("datum['tested at'] !== '" + in_name + "'");
  layer["transform"] = {{{"filter", "datum.seeds > 0"}}};
  figures.push_back({view.id + "-one-layer", "One layer: learnt, but not beyond what was trained?",
                     "Models of one layer: " + list_text(sentences) + ".", rows,
                     spec::with_rows(rows, spec::facet(spec::panels(), 3, 250, 130, Json{layer}))});
}

}  // namespace seedscape
