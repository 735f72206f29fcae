// The statistics of each scale as a table.

#include "figures.h"
#include "seedscape/base/number.h"
#include "seedscape/report/report.h"

namespace seedscape {

namespace {

std::string with_interval(const Json& estimate) {
  if (estimate.is_null() || estimate["value"].is_null()) return "none";
  return number_text(estimate["value"]) + " [" + number_text(estimate["low"]) + ", " + number_text(estimate["high"]) +
         "]";
}

std::string success_text(const Json& success) {
  if (success.is_null() || success["fraction"].is_null()) return "none";
  return number_text(success["fraction"]) + " [" + number_text(success["low"]) + ", " + number_text(success["high"]) +
         "]";
}

}  // namespace

void add_scale_table(const View& view, Figures& figures) {
  Json rows = Json::array();
  std::int64_t n = 0, diverged = 0;
  for (std::size_t s = 0; s < view.labels.size(); ++s) {
    const Json& scale = view.scale(s);
    n += scale["n"].get<std::int64_t>();
    diverged += scale["diverged"].get<std::int64_t>();
    Json row{{view.axis_title, view.labels[s]},     {"parameters", scale["params"]}, {"runs", scale["n"]},
             {"diverged", scale["diverged"]},       {"mode", scale["mode"]},         {"median", scale["median"]},
             {"mean", with_interval(scale["mean"])}};
    if (view.bounded) {
      row["success"] = success_text(scale["success"]);
      row["mean of successes"] = with_interval(scale["mean_of_successes"]);
    }
    row["W2 to the largest"] = with_interval(scale["w2_to_largest"]);
    rows.push_back(std::move(row));
  }
  std::string text =
      view.score_title + " of " + count_text(n, "run") + " at " + count_text(std::ssize(view.labels), "scale") + ".";
  if (view.bounded)
    text += " A run is a success from a score of " + shortest(view.threshold) + " on. In brackets: intervals.";
  if (diverged > 0)
    text += " " + count_text(diverged, "run") + " diverged" + (view.bounded ? "; they count as 0." : ".");
  figures.push_back({view.id + "-scales", "The scales in numbers", text, rows});
}

}  // namespace seedscape
