#include "seedscape/analysis/trajectories.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "seedscape/base/number.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;
using Curve = std::map<std::int64_t, const SeedRecord*>;  // by step

std::optional<double> main_score(const SeedRecord& record, const AnalysisConfig& settings) {
  if (settings.metric == "train_loss") return record.train_loss;
  for (const LengthScores& at : record.lengths) {
    if (at.length != settings.length) continue;
    for (const auto& [name, value] : at.scores) {
      if (name == settings.metric) return value;
    }
  }
  return std::nullopt;
}

Json seed_json(std::int64_t seed, const Curve& curve, const AnalysisConfig& settings) {
  Json steps = Json::array(), scores = steps, reached;
  for (const auto& [step, record] : curve) {
    const std::optional<double> score = main_score(*record, settings);
    if (!score) continue;
    steps.push_back(step);
    scores.push_back(Json(json_number(*score)));
    if (reached.is_null() && std::isfinite(*score) && *score >= settings.success_threshold) reached = step;
  }
  return {{"seed", seed}, {"step", steps}, {"score", scores}, {"reached", reached}};
}

const PlannedCell* find_cell(const Plan& plan, std::size_t axis, const Value& value) {
  for (const PlannedCell& planned : plan.cells) {
    for (const AxisPoint& point : planned.cell.points) {
      if (point.axis == axis && plan.config.axes[axis].values[point.value] == value) return &planned;
    }
  }
  return nullptr;
}

}  // namespace

nlohmann::ordered_json trajectories(const Plan& plan, const std::vector<SeedRecord>& curves,
                                    const nlohmann::ordered_json& analysis) {
  if (curves.empty()) return nullptr;
  std::map<std::string, Curve> by_run;
  for (const SeedRecord& record : curves) by_run[record.run_id][record.step] = &record;
  Json axes = Json::array();
  for (std::size_t a = 0; a < analysis["axes"].size(); ++a) {
    Json scales = Json::array();
    for (const Json& scale : analysis["axes"][a]["views"][0]["scales"]) {
      Json seeds = Json::array();
      const PlannedCell* const cell = find_cell(plan, a, Value(scale["value"]));
      for (const PlannedRun& run : cell == nullptr ? std::vector<PlannedRun>{} : cell->runs) {
        const auto curve = by_run.find(run.run_id);
        if (curve != by_run.end()) seeds.push_back(seed_json(run.seed, curve->second, plan.config.analysis));
      }
      scales.push_back({{"value", scale["value"]}, {"seeds", seeds}});
    }
    axes.push_back({{"scales", scales}});
  }
  return {{"axes", axes}};
}

}  // namespace seedscape
