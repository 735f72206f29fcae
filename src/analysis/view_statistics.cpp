#include "view_statistics.h"

#include <algorithm>
#include <limits>
#include <map>

#include "scale_statistics.h"
#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/scaling.h"

namespace seedscape {

namespace {

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

}  // namespace

Json view_json(const ViewScores& view, const AnalysisConfig& settings, std::vector<Resamples>& resamples) {
  std::vector<Sample> samples;
  for (const ScaleScores& scale : view.scales) samples.push_back(ascending(scale.scores));
  const std::vector<double> edges = view_edges(view, samples, settings.bins);
  Json scales = Json::array();
  for (std::size_t s = 0; s < view.scales.size(); ++s) {
    scales.push_back(scale_json(view, s, samples, edges, settings, resamples));
  }
  return {{"metric", view.metric},
          {"length", view.length ? Json(*view.length) : Json()},
          {"scales", std::move(scales)},
          {"seeds", seeds_json(view)}};
}

}  // namespace seedscape
