// analysis.json: every statistic of every view, in the order in which its keys are documented.

#include "seedscape/analysis/analyze.h"

#include "analysis_settings.h"
#include "json_parts.h"
#include "seedscape/base/version.h"
#include "view_statistics.h"

namespace seedscape {

namespace {

Json source_json(const ScoreTable::Source& source) {
  return {{"planned", source.planned},
          {"done", source.done},
          {"diverged", source.diverged},
          {"failed", source.failed},
          {"pending", source.pending}};
}

Json axis_json(const AxisScores& axis, std::size_t index, const AnalysisConfig& settings) {
  std::vector<Resamples> resamples;
  const std::size_t scales = axis.views.empty() ? 0 : axis.views.front().scales.size();
  for (std::size_t s = 0; s < scales; ++s) {
    resamples.emplace_back(static_cast<std::uint64_t>(settings.seed), index, s, settings.resamples);
  }
  Json views = Json::array();
  for (const ViewScores& view : axis.views) views.push_back(view_json(view, settings, resamples));
  return {{"key", axis.key}, {"with", axis.with}, {"views", std::move(views)}};
}

}  // namespace

nlohmann::ordered_json analyze(const ScoreTable& table) {
  Json axes = Json::array();
  for (std::size_t a = 0; a < table.axes.size(); ++a) axes.push_back(axis_json(table.axes[a], a, table.settings));
  return {{"schema", 1},
          {"program", {{"name", "seedscape"}, {"version", kVersion}}},
          {"settings", settings_json(table.settings)},
          {"source", source_json(table.source)},
          {"axes", std::move(axes)}};
}

}  // namespace seedscape
