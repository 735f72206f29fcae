// What the numbers are worth: against chance, with fewer seeds, beyond the scales at hand, without runs that did not
// learn.

#include <algorithm>

#include "figures.h"
#include "seedscape/report/report.h"
#include "spec.h"

namespace seedscape {

namespace {

Json ordinal(const std::string& field, const std::vector<std::string>& domain) {
  return {{"field", field}, {"type", "nominal"}, {"title", nullptr}, {"scale", {{"domain", domain}}}};
}

/// "p 0.31", "p 0.002".
std::string p_text(const Json& p) { return p.is_null() ? "no p" : "p " + number_text(p); }

}  // namespace

void add_chance(const View& view, Figures& figures) {
  const Json& chance = member_or_null(view.json, "chance");
  if (chance.is_null()) return;
  Json rows = Json::array(), extremes = rows;
  std::string text =
      "Bars: all seeds. Line: what is expected if each seed's scores were drawn from each scale at random (" +
      chance["permutations"].dump() + " shuffles of the seeds within each scale).";
  std::size_t order = 0;
  for (const char* const property : {"breakthroughness", "linearity"}) {
    const Json& part = member_or_null(chance, property);
    if (part.is_null()) continue;
    const Json& edges = part["edges"];
    for (std::size_t b = 0; b + 1 < edges.size(); ++b) {
      rows.push_back({{"order", order},
                      {"panel", property},
                      {"low", edges[b]},
                      {"high", edges[b + 1]},
                      {"seeds", part["observed"][b]},
                      {"by chance", part["null"][b]}});
    }
    ++order;
    text += std::string(" ") + (order == 1 ? "Breakthroughness" : "Linearity") + ": its largest value has " +
            p_text(member_or_null(part, "p_max")) + ", its least " + p_text(member_or_null(part, "p_min")) + ".";
    for (const char* const end : {"top", "bottom"}) {
      for (const Json& seed : at_path(chance, {"named", property, end}))
        extremes.push_back({{"measure", property},
                            {"end", end},
                            {"seed", seed["seed"]},
                            {"value", seed["value"]},
                            {"p", member_or_null(seed, "p")}});
    }
  }
  if (rows.empty()) return;
  Json low = spec::quantity("low", "value, cut to 0 to 100");
  low["bin"] = {{"binned", true}};
  low["axis"] = {{"tickCount", 6}};
  const Json seeds = spec::quantity("seeds", "seeds");
  const Json tooltip{{{"field", "low"}, {"format", ".2f"}},
                     {{"field", "high"}, {"format", ".2f"}},
                     {{"field", "seeds"}},
                     {{"field", "by chance"}, {"format", ".2f"}}};
  Json layers = Json::array();
  layers.push_back({{"mark", {{"type", "bar"}, {"color", "#9db7d5"}, {"binSpacing", 0.5}}},
                    {"encoding", {{"x", low}, {"x2", {{"field", "high"}}}, {"y", seeds}, {"tooltip", tooltip}}}});
  layers.push_back(
      {{"transform", {{{"calculate", "(datum.low + datum.high) / 2"}, {"as", "middle"}}}},
       {"mark", {{"type", "line"}, {"interpolate", "step"}, {"color", spec::kOrange}, {"strokeDash", {5, 2}}}},
       {"encoding",
        {{"x", spec::quantity("middle", "value, cut to 0 to 100")}, {"y", spec::quantity("by chance", "seeds")}}}});
  Json spec = spec::with_rows(rows, spec::facet(spec::panels(), 2, 340, 200, layers));
  spec["resolve"] = {{"scale", {{"x", "independent"}, {"y", "independent"}}}};
  figures.push_back({view.id + "-chance", "Breakthroughness and linearity against chance", text, rows, spec});
  if (!extremes.empty())
    figures.push_back({view.id + "-extremes", "Seeds at the ends",
                       "p: how often the seed of the same rank among shuffled ones is at least as extreme.", extremes});
}

void add_seeds_needed(const View& view, Figures& figures) {
  const Json& needed = member_or_null(view.json, "seeds_needed");
  if (needed.is_null()) return;
  const Json &modes = member_or_null(needed, "two_modes"), &success = member_or_null(needed, "success_within");
  if (!modes.is_null() && !modes["seeds"].empty()) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < modes["seeds"].size(); ++i)
      rows.push_back({{"seeds", modes["seeds"][i]}, {"power", modes["power"][i]}});
    Json x = spec::quantity("seeds", "seeds"), y = spec::quantity("power", "share of experiments that see two modes");
    x["scale"] = {{"type", "log"}, {"nice", false}};
    y["scale"] = {{"domain", {0, 1}}};
    Json layers = Json::array();
    layers.push_back(spec::rule_at("y", 0.8));
    layers.push_back({{"mark", {{"type", "line"}, {"color", spec::kBlue}, {"point", {{"size", 50}}}}},
                      {"encoding", {{"x", x}, {"y", y}, {"tooltip", {{{"field", "seeds"}}, {{"field", "power"}}}}}}});
    const Json& n = member_or_null(modes, "needed");
    const std::string at = value_text(modes["at_scale"]);
    const std::string text = n.is_null() ? "At " + at + " even " + modes["seeds"].back().dump() +
                                               " seeds show two modes in fewer than 80 of 100 experiments."
                                         : "At " + at + ", " + count_text(n.get<std::int64_t>(), "seed") +
                                               " show two modes in 80 of 100 experiments (dashed line).";
    figures.push_back({view.id + "-seeds-needed", "How many seeds to see two modes", text, rows,
                       spec::with_rows(rows, {{"height", 220}, {"layer", layers}})});
  }
  Json table = Json::array();
  for (std::size_t i = 0; i < member_or_null(success, "seeds").size(); ++i) {
    table.push_back({{"question", "P(success) at " + value_text(success["at_scale"]) + " within " +
                                      number_text(success["half_width"][i])},
                     {"seeds", success["seeds"][i]}});
  }
  for (const Json& pair : member_or_null(needed, "rank_two")) {
    table.push_back({{"question", value_text(pair["a"]) + " or " + value_text(pair["b"]) +
                                      ": which succeeds more often, right in 9 of 10 experiments"},
                     {"seeds", member_or_null(pair, "needed")}});
  }
  if (!table.empty())
    figures.push_back(
        {view.id + "-seeds-table", "Seeds that other questions need", "A gap: more seeds than were tried.", table});
}

void add_forecast(const View& view, Figures& figures) {
  const Json& forecast = member_or_null(view.json, "forecast");
  if (forecast.is_null()) return;
  Json rows = Json::array();
  std::vector<std::string> methods;
  for (const auto& [name, key] : {std::pair{"P(success), logistic", "success_fit"},
                                  {"mean score, extended", "mean_extrapolation"},
                                  {"score of a single seed", "single_seed"}}) {
    const Json& method = member_or_null(forecast, key);
    if (method.is_null()) continue;
    methods.emplace_back(name);
    const Json& own_truth = member_or_null(method, "truth");
    rows.push_back({{"method", name},
                    {"forecast", finite_or_null(member_or_null(method, "value"))},
                    {"low", finite_or_null(member_or_null(method, "low"))},
                    {"high", finite_or_null(member_or_null(method, "high"))},
                    {"truth", finite_or_null(own_truth.is_null() ? member_or_null(forecast, "truth") : own_truth)},
                    {"score", finite_or_null(member_or_null(method, "score"))}});
  }
  if (rows.empty()) return;
  const std::string held_out = value_text(forecast["held_out"]);
  const Json x{{"field", "method"},
               {"type", "nominal"},
               {"title", nullptr},
               {"axis", {{"labelLimit", 200}}},
               {"scale", {{"domain", methods}}}};
  Json layers = Json::array();
  Json low = spec::quantity("low", "at " + held_out);
  low["axis"] = {{"tickCount", 6}};
  layers.push_back({{"mark", {{"type", "rule"}, {"strokeWidth", 2}, {"color", spec::kBlue}}},
                    {"encoding", {{"y", x}, {"x", low}, {"x2", {{"field", "high"}}}}}});
  layers.push_back({{"mark", {{"type", "tick"}, {"thickness", 3}, {"color", spec::kOrange}}},
                    {"encoding", {{"y", x}, {"x", spec::quantity("truth", "at " + held_out)}}}});
  layers.push_back(
      {{"mark", {{"type", "point"}, {"filled", true}, {"size", 90}, {"color", spec::kBlue}}},
       {"encoding",
        {{"y", x},
         {"x", spec::quantity("forecast", "at " + held_out)},
         {"shape", spec::shapes("method", methods, "")},
         {"tooltip", {{{"field", "forecast"}}, {{"field", "low"}}, {{"field", "high"}}, {{"field", "score"}}}}}}});
  layers.back()["encoding"]["shape"]["legend"] = nullptr;
  std::string text = "Fitted on all scales but " + held_out + ", and what was true there (upright strokes):";
  for (const Json& row : rows) {
    text += " " + row["method"].get<std::string>() + " " + number_text(row["forecast"]) + ", true " +
            number_text(row["truth"]) + (row == rows.back() ? "." : ";");
  }
  if (member_or_null(forecast, "score").is_string()) text += " Score: " + forecast["score"].get<std::string>() + ".";
  figures.push_back({view.id + "-forecast", "Forecast of the largest scale", text, rows,
                     spec::with_rows(rows, {{"height", 130}, {"layer", layers}})});
}

void add_learnt(const View& view, Figures& figures) {
  const std::string all = "all runs", learnt = "runs that learnt";
  Json rows = Json::array();
  std::int64_t flagged = 0;
  std::vector<std::string> where;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json &scale = view.scale(s), &part = member_or_null(scale, "learnt");
    if (part.is_null()) continue;
    const auto count = std::ssize(part["flagged"]);
    flagged += count;
    if (count > 0) where.push_back(std::to_string(count) + " at " + view.labels[s]);
    std::size_t order = 0;
    for (const auto& [panel, name, value] :
         {std::tuple{"P(success)", "success", "fraction"}, {"mean", "mean", "value"}}) {
      for (const auto& [which, statistic] : {std::pair{all, &scale[name]}, {learnt, &member_or_null(part, name)}}) {
        if (statistic->is_null()) continue;
        rows.push_back({{"order", order},
                        {"panel", panel},
                        {"scale", view.labels[s]},
                        {"runs", which},
                        {"value", finite_or_null((*statistic)[value])},
                        {"low", finite_or_null((*statistic)["low"])},
                        {"high", finite_or_null((*statistic)["high"])}});
      }
      ++order;
    }
  }
  if (rows.empty()) return;
  const std::vector<std::string> both{all, learnt};
  const Json x = spec::scales(view), offset = ordinal("runs", both);
  Json low = spec::quantity("low", ""), value = spec::quantity("value", "");
  low["title"] = value["title"] = nullptr;
  if (view.bounded) low["scale"] = value["scale"] = {{"domain", {0, 1}}};
  const Json colour = spec::colours("runs", both, "");
  Json layers = Json::array();
  layers.push_back(
      {{"mark", {{"type", "rule"}, {"strokeWidth", 1.5}}},
       {"encoding", {{"x", x}, {"xOffset", offset}, {"y", low}, {"y2", {{"field", "high"}}}, {"color", colour}}}});
  layers.push_back(
      {{"mark", {{"type", "point"}, {"filled", true}, {"size", 60}}},
       {"encoding",
        {{"x", x},
         {"xOffset", offset},
         {"y", value},
         {"color", colour},
         {"shape", spec::shapes("runs", both, "")},
         {"tooltip", {{{"field", "runs"}}, {{"field", "value"}}, {{"field", "low"}}, {{"field", "high"}}}}}}});
  const std::string text =
      flagged == 0
          ? "Every run learnt its training task, so both are the same: low scores here are no failures to train."
          : count_text(flagged, "run") + " did not learn the training task (" + list_text(where) +
                "); squares leave them out.";
  figures.push_back({view.id + "-learnt", "Did the low seeds learn their training task?", text, rows,
                     spec::with_rows(rows, spec::facet(spec::panels(), 2, 340, 180, layers))});
}

}  // namespace seedscape
