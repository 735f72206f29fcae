#include "scale_statistics.h"

#include <algorithm>
#include <map>
#include <set>

#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/variance.h"
#include "seedscape/analysis/wasserstein.h"

namespace seedscape {

namespace {

Json mean_json(std::span<const double> sample, Resamples& resamples, double level) {
  return sample.empty() ? no_estimate() : estimate(mean(sample), mean_interval(sample, resamples, level));
}

Json success_json(std::int64_t count, std::int64_t n, const AnalysisConfig& settings) {
  Json json = {{"threshold", number(settings.success_threshold)},
               {"count", count},
               {"fraction", nullptr},
               {"low", nullptr},
               {"high", nullptr}};
  if (n == 0) return json;
  const Interval wilson = wilson_interval(count, n, settings.level);
  json["fraction"] = static_cast<double>(count) / static_cast<double>(n);
  json["low"] = wilson.low;
  json["high"] = wilson.high;
  return json;
}

Json shares_json(const VarianceShares& shares) {
  return {{"init", shares.init}, {"data", shares.data}, {"interaction", shares.interaction}};
}

Json variance_json(std::span<const double> y, std::size_t init_count, std::size_t data_count) {
  const std::optional<GridVariance> variance = grid_variance(y, init_count, data_count);
  if (!variance) return nullptr;
  Json json = shares_json(variance->squares);
  json["components"] = variance->components ? shares_json(*variance->components) : Json();
  return json;
}

/// What init and data seeds do to the scores of one scale; null until each pair has its score.
Json grid_json(const ScaleScores& scale, bool bounded, double threshold) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, double> scores;
  std::set<std::uint64_t> inits, datas;
  for (std::size_t i = 0; i < scale.pairs.size(); ++i) {
    const auto [init, data] = scale.pairs[i];
    scores[{init, data}] = scale.scores[i];
    inits.insert(init);
    datas.insert(data);
  }
  if (scores.empty() || scores.size() != inits.size() * datas.size()) return nullptr;
  std::vector<double> score, success;
  for (const auto& [pair, value] : scores) {
    score.push_back(value);
    success.push_back(value >= threshold ? 1 : 0);
  }
  return {{"init", inits.size()},
          {"data", datas.size()},
          {"score", variance_json(score, inits.size(), datas.size())},
          {"success", bounded ? variance_json(success, inits.size(), datas.size()) : Json()}};
}

}  // namespace

Json scale_json(const ViewScores& view, std::size_t s, const std::vector<Sample>& samples,
                const std::vector<double>& edges, const AnalysisConfig& settings, std::vector<Resamples>& resamples) {
  const ScaleScores& scale = view.scales[s];
  const Sample& sample = samples[s];
  const Sample& largest = samples.back();
  const auto first_success = std::lower_bound(sample.begin(), sample.end(), settings.success_threshold);
  const std::span<const double> successes(first_success, sample.end());
  const auto n = static_cast<std::int64_t>(sample.size());
  const auto counts = histogram(sample, edges);
  Json json = {{"value", scale.value},
               {"params", scale.parameters ? Json(*scale.parameters) : Json()},
               {"n", n + (view.bounded ? 0 : scale.diverged)},  // a result of its scale also where it has no score
               {"diverged", scale.diverged},
               {"scores", {{"seed", scale.seeds}, {"value", numbers(scale.scores)}}},
               {"histogram", {{"edges", numbers(edges)}, {"counts", counts}}}};
  json["mode"] = sample.empty() ? Json() : number(histogram_mode(counts, edges));
  json["median"] = sample.empty() ? Json() : number(median(sample));
  json["mean"] = mean_json(sample, resamples[s], settings.level);
  json["success"] = view.bounded ? success_json(std::ssize(successes), n, settings) : Json();
  json["mean_of_successes"] = view.bounded ? mean_json(successes, resamples[s], settings.level) : Json();
  if (sample.empty() || largest.empty()) {
    json["w2_to_largest"] = no_estimate();
  } else if (s + 1 == samples.size()) {
    json["w2_to_largest"] = estimate(0, {0, 0});
  } else {
    json["w2_to_largest"] =
        estimate(wasserstein2(sample, largest),
                 wasserstein2_interval(sample, resamples[s], largest, resamples.back(), settings.level));
  }
  if (!scale.pairs.empty()) json["grid"] = grid_json(scale, view.bounded, settings.success_threshold);
  json["kde_mode"] = sample.empty() ? Json() : number(gaussian_kde_mode(sample));
  json["half_sample_mode"] = sample.empty() ? Json() : number(half_sample_mode(sample));
  return json;
}

}  // namespace seedscape
