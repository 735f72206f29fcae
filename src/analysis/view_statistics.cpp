#include "view_statistics.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "modality_statistics.h"
#include "outlook_statistics.h"
#include "scale_statistics.h"
#include "seedscape/analysis/chance.h"
#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/scaling.h"
#include "seedscape/base/number.h"

namespace seedscape {

namespace {

constexpr std::size_t kMostExamined = 20000;  // scores of a view; beyond, resampling everything takes minutes
constexpr double kOnsetLevel = 0.05;          // of the adjusted dip test

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

/// The seeds that have a score at every scale with their curves, and the other seeds.
struct Curves {
  std::vector<std::int64_t> seeds;
  std::vector<std::vector<double>> scores;  // parallel to seeds
  std::vector<std::int64_t> incomplete;
};

Curves curves_of(const ViewScores& view) {
  std::map<std::int64_t, std::vector<double>> by_seed;
  for (const ScaleScores& scale : view.scales) {
    for (std::size_t i = 0; i < scale.seeds.size(); ++i) by_seed[scale.seeds[i]].push_back(scale.scores[i]);
  }
  Curves curves;
  for (auto& [seed, scores] : by_seed) {
    if (scores.size() < view.scales.size()) {
      curves.incomplete.push_back(seed);
    } else {
      curves.seeds.push_back(seed);
      curves.scores.push_back(std::move(scores));
    }
  }
  return curves;
}

Json seeds_json(const Curves& curves, std::size_t scales) {
  const bool has_shape = scales >= 3;
  Json breakthrough = Json::array(), linear = breakthrough, improved = breakthrough;
  Json clipped_breakthrough = breakthrough, clipped_linear = breakthrough;
  for (const std::vector<double>& curve : curves.scores) {
    improved.push_back(number(improvement(curve)));
    breakthrough.push_back(has_shape ? number(breakthroughness(curve)) : Json());
    linear.push_back(has_shape ? number(linearity(curve)) : Json());
    clipped_breakthrough.push_back(has_shape ? number(clip_100(breakthroughness(curve))) : Json());
    clipped_linear.push_back(has_shape ? number(clip_100(linearity(curve))) : Json());
  }
  return {{"seed", curves.seeds},
          {"breakthroughness", breakthrough},
          {"linearity", linear},
          {"improvement", improved},
          {"clipped_100", {{"breakthroughness", clipped_breakthrough}, {"linearity", clipped_linear}}},
          {"incomplete", curves.incomplete}};
}

Json named_json(const std::vector<ExtremeCurve>& extremes, const Curves& curves) {
  Json named = Json::array();
  for (const ExtremeCurve& extreme : extremes)
    named.push_back({{"seed", curves.seeds[extreme.curve]}, {"value", number(extreme.value)}, {"p", extreme.p}});
  return named;
}

Json chance_of_shape_json(const ChanceOfShape& chance) {
  return {{"edges", numbers(chance.edges)},
          {"observed", chance.observed},
          {"null", numbers(chance.expected)},
          {"p_max", chance.top.front().p},
          {"p_min", chance.bottom.front().p}};
}

/// Breakthroughness and linearity beside what shuffled seeds give.
Json chance_json(const Curves& curves, std::size_t scales, AxisDraws& draws) {
  if (scales < 3 || curves.seeds.size() < 2) return nullptr;
  std::vector<std::vector<double>> scores(scales);
  std::vector<Rng> streams;
  for (std::size_t s = 0; s < scales; ++s) {
    streams.push_back(draws.stream(Purpose::permutation, s));
    for (const std::vector<double>& curve : curves.scores) scores[s].push_back(curve[s]);
  }
  const AnalysisConfig& settings = draws.settings;
  const ChanceOfCurves chance = chance_of_curves(scores, std::move(streams), settings.resamples, settings.bins);
  Json named;
  for (const auto& [name, shape] :
       {std::pair{"breakthroughness", &chance.breakthroughness}, std::pair{"linearity", &chance.linearity}}) {
    named[name] = {{"top", named_json(shape->top, curves)}, {"bottom", named_json(shape->bottom, curves)}};
  }
  return {{"permutations", settings.resamples},
          {"breakthroughness", chance_of_shape_json(chance.breakthroughness)},
          {"linearity", chance_of_shape_json(chance.linearity)},
          {"named", std::move(named)}};
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
  std::size_t seeds = 0;
  for (const Sample& sample : samples.samples) seeds += sample.size();
  samples.examined = seeds <= kMostExamined;
  samples.distances = wasserstein2_intervals(samples.samples, draws.resamples, draws.settings.level);
  if (samples.examined &&
      std::ranges::any_of(view.scales, [](const ScaleScores& scale) { return scale.unlearnt.has_value(); }))
    samples.learnt_distances = wasserstein2_intervals(samples.learnt, draws.resamples, draws.settings.level);
  Json scales = Json::array();
  for (std::size_t s = 0; s < view.scales.size(); ++s) scales.push_back(scale_json(view, s, samples, draws));
  adjust_modality(scales);
  const Curves curves = curves_of(view);
  const bool looks_ahead = &view == &main && samples.examined;
  const Json onset = modality_onset(scales);
  Json json = {{"metric", view.metric},
               {"length", view.length ? Json(*view.length) : Json()},
               {"scales", nullptr},
               {"seeds", seeds_json(curves, scales.size())},
               {"chance", samples.examined ? chance_json(curves, scales.size(), draws) : Json()},
               {"modality_onset", onset},
               {"mode_jump", mode_jump(scales)}};
  json["seeds_needed"] = looks_ahead ? seeds_needed_json(view, samples, scales, onset, draws) : Json();
  json["forecast"] = looks_ahead ? forecast_json(view, samples, curves.scores, draws) : Json();
  json["scales"] = std::move(scales);
  return json;
}

}  // namespace seedscape
