#include "view_statistics.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "modality_statistics.h"
#include "scale_statistics.h"
#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/scaling.h"
#include "seedscape/base/number.h"

namespace seedscape {

namespace {

constexpr double kOnsetLevel = 0.05;  // of the adjusted dip test

/// The bin edges that all scales of a view share.
std::vector<double> view_edges(const ViewScores& view, const std::vector<Sample>& samples, std::int64_t bins) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Sample& sample : samples) {
    if (sample.empty()) continue;
    low = std::min(low, sample.front());
    high = std::max(high, sample.back());
  }
  return view.bounded || low > high ? unit_edges(bins) : edges_between(low, high, bins);
}

/// The curves of the seeds that have a score at every scale; the other seeds are named as incomplete.
Json seeds_json(const ViewScores& view) {
  std::map<std::int64_t, std::vector<double>> curves;
  for (const ScaleScores& scale : view.scales) {
    for (std::size_t i = 0; i < scale.seeds.size(); ++i) curves[scale.seeds[i]].push_back(scale.scores[i]);
  }
  const bool has_shape = view.scales.size() >= 3;
  Json seeds = Json::array(), breakthrough = seeds, linear = seeds, improved = seeds, incomplete = seeds;
  Json clipped_breakthrough = seeds, clipped_linear = seeds;
  for (const auto& [seed, curve] : curves) {
    if (curve.size() < view.scales.size()) {
      incomplete.push_back(seed);
      continue;
    }
    seeds.push_back(seed);
    improved.push_back(number(improvement(curve)));
    breakthrough.push_back(has_shape ? number(breakthroughness(curve)) : Json());
    linear.push_back(has_shape ? number(linearity(curve)) : Json());
    clipped_breakthrough.push_back(has_shape ? number(clip_100(breakthroughness(curve))) : Json());
    clipped_linear.push_back(has_shape ? number(clip_100(linearity(curve))) : Json());
  }
  return {{"seed", seeds},
          {"breakthroughness", breakthrough},
          {"linearity", linear},
          {"improvement", improved},
          {"clipped_100", {{"breakthroughness", clipped_breakthrough}, {"linearity", clipped_linear}}},
          {"incomplete", incomplete}};
}

Sample ascending(std::vector<double> scores) {
  std::sort(scores.begin(), scores.end());
  return scores;
}

Sample learnt_sample(const ScaleScores& scale) {
  Sample sample;
  for (std::size_t i = 0; i < scale.seeds.size(); ++i) {
    if (!scale.unlearnt || !std::ranges::binary_search(*scale.unlearnt, scale.seeds[i]))
      sample.push_back(scale.scores[i]);
  }
  return ascending(std::move(sample));
}

/// The lattice of a view's scores: given if the test set's size is, else found.
std::optional<std::int64_t> view_steps(const ViewScores& view) {
  std::vector<double> scores;
  std::int64_t steps = 1;
  for (const ScaleScores& scale : view.scales) {
    steps = scale.test_problems && steps <= kFinestLattice ? std::lcm(steps, *scale.test_problems) : 0;
    scores.insert(scores.end(), scale.scores.begin(), scale.scores.end());
  }
  return steps > 0 && steps <= kFinestLattice ? steps : find_lattice(scores);
}

ViewSamples samples_of(const ViewScores& view, std::int64_t bins) {
  ViewSamples result;
  for (const ScaleScores& scale : view.scales) {
    result.samples.push_back(ascending(scale.scores));
    result.learnt.push_back(learnt_sample(scale));
  }
  result.edges = view_edges(view, result.samples, bins);
  result.steps = view_steps(view);
  return result;
}

/// Where along the axis a second mode appears, and where the mode rises most: values of scales, or null.
Json modality_onset(const Json& scales) {
  for (const Json& scale : scales) {
    if (scale["modality"].is_null()) continue;
    if (scale["modality"]["dip"]["p_adjusted"].get<double>() < kOnsetLevel) return scale["value"];
  }
  return nullptr;
}

Json mode_jump(const Json& scales) {
  Json at = nullptr;
  double largest = 0;
  for (std::size_t s = 1; s < scales.size(); ++s) {
    if (scales[s]["mode"].is_null() || scales[s - 1]["mode"].is_null()) continue;
    const double rise = number_from_json(scales[s]["mode"]) - number_from_json(scales[s - 1]["mode"]);
    if (rise <= largest) continue;
    largest = rise;
    at = scales[s]["value"];
  }
  return at;
}

}  // namespace

Json view_json(const ViewScores& view, const ViewScores& main, AxisDraws& draws) {
  ViewSamples samples = samples_of(view, draws.settings.bins);
  samples.with_silverman = view.length == main.length;
  Json scales = Json::array();
  for (std::size_t s = 0; s < view.scales.size(); ++s) scales.push_back(scale_json(view, s, samples, draws));
  adjust_modality(scales);
  Json json = {{"metric", view.metric},
               {"length", view.length ? Json(*view.length) : Json()},
               {"scales", nullptr},
               {"seeds", seeds_json(view)},
               {"modality_onset", modality_onset(scales)},
               {"mode_jump", mode_jump(scales)}};
  json["scales"] = std::move(scales);
  return json;
}

}  // namespace seedscape
