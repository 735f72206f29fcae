// analysis.json: every statistic of every view, in the order in which its keys are documented.

#include "seedscape/analysis/analyze.h"

#include "analysis_settings.h"
#include "axis_draws.h"
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

Json axis_json(const AxisScores& axis, std::size_t index, const AnalysisConfig& settings, DipNulls& dip_nulls,
               const std::function<void()>& before_view) {
  AxisDraws draws{.settings = settings, .axis = index, .dip_nulls = dip_nulls};
  const std::size_t scales = axis.views.empty() ? 0 : axis.views.front().scales.size();
  for (std::size_t s = 0; s < scales; ++s)
    draws.resamples.emplace_back(static_cast<std::uint64_t>(settings.seed), index, s, settings.resamples);
  Json views = Json::array();
  for (const ViewScores& view : axis.views) {
    before_view();
    views.push_back(view_json(view, axis.views.front(), draws));
  }
  return {{"key", axis.key}, {"with", axis.with}, {"views", std::move(views)}};
}

}  // namespace

nlohmann::ordered_json analyze(const ScoreTable& table, const AnalysisProgress& progress) {
  std::size_t done = 0, views = 0;
  for (const AxisScores& axis : table.axes) views += axis.views.size();
  const auto before_view = [&] {
    if (progress) progress(done, views);
    ++done;
  };
  DipNulls dip_nulls(static_cast<std::uint64_t>(table.settings.seed), table.settings.resamples);
  Json axes = Json::array();
  for (std::size_t a = 0; a < table.axes.size(); ++a)
    axes.push_back(axis_json(table.axes[a], a, table.settings, dip_nulls, before_view));
  return {{"schema", 1},
          {"program", {{"name", "seedscape"}, {"version", kVersion}}},
          {"settings", settings_json(table.settings)},
          {"source", source_json(table.source)},
          {"axes", std::move(axes)}};
}

}  // namespace seedscape
