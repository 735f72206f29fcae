#include "scale_statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "modality_statistics.h"
#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/variance.h"
#include "seedscape/analysis/wasserstein.h"
#include "seedscape/base/number.h"

namespace seedscape {

namespace {

Json mean_json(std::span<const double> sample, Resamples& resamples, double level) {
  if (sample.empty()) return no_estimate();
  return estimate(mean(sample), percentile_interval(resampled_means(sample, resamples), level));
}

/// The mean with both of its intervals.
Json mean_and_bca_json(std::span<const double> sample, Resamples& resamples, double level) {
  Json json = no_estimate();
  json["bca"] = {{"low", nullptr}, {"high", nullptr}};
  if (sample.empty()) return json;
  const std::vector<double> means = resampled_means(sample, resamples);
  const double value = mean(sample);
  const Interval bca = bca_interval(means, value, mean_acceleration(sample), level);
  json.update(estimate(value, percentile_interval(means, level)));
  json["bca"] = {{"low", number(bca.low)}, {"high", number(bca.high)}};
  return json;
}

std::span<const double> successes_of(const Sample& sample, double threshold) {
  return {std::lower_bound(sample.begin(), sample.end(), threshold), sample.end()};
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

/// P(success) and the mean of the successes for every threshold, so that nothing hangs on one of them.
Json thresholds_json(const Sample& sample, const AnalysisConfig& settings) {
  std::vector<double> thresholds = unit_edges(20);
  thresholds.erase(thresholds.begin());
  const auto place = std::ranges::lower_bound(thresholds, settings.success_threshold);
  if (place == thresholds.end() || *place != settings.success_threshold)
    thresholds.insert(place, settings.success_threshold);
  Json success = Json::array(), low = success, high = success, means = success;
  const auto n = std::ssize(sample);
  for (const double threshold : thresholds) {
    const auto successes = successes_of(sample, threshold);
    const Interval wilson = wilson_interval(std::ssize(successes), n, settings.level);
    success.push_back(static_cast<double>(successes.size()) / static_cast<double>(n));
    low.push_back(wilson.low);
    high.push_back(wilson.high);
    means.push_back(successes.empty() ? Json() : number(mean(successes)));
  }
  return {{"threshold", numbers(thresholds)},
          {"success", std::move(success)},
          {"low", std::move(low)},
          {"high", std::move(high)},
          {"mean_of_successes", std::move(means)}};
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

double deviation(std::span<const double> sample) {
  const double centre = mean(sample);
  double squares = 0;
  for (const double value : sample) squares += (value - centre) * (value - centre);
  return sample.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(sample.size() - 1));
}

/// Distance of scale s to the last one.
Json distance_json(const std::vector<Sample>& samples, std::size_t s, const std::vector<Interval>& intervals) {
  if (samples[s].empty() || samples.back().empty()) return no_estimate();
  return estimate(s + 1 == samples.size() ? 0 : wasserstein2(samples[s], samples.back()), intervals[s]);
}

/// The same beside what chance alone does, and in units of the largest scale's spread.
Json distance_in_context_json(const ViewSamples& view, std::size_t s, AxisDraws& draws) {
  const std::vector<Sample>& samples = view.samples;
  Json json = distance_json(samples, s, view.distances);
  json["noise_floor"] = no_estimate();
  if (view.examined && samples[s].size() >= 2) {
    const auto halves =
        split_half_distances(samples[s], draws.stream(Purpose::split_halves, s), draws.settings.resamples);
    json["noise_floor"] = estimate(mean(halves), percentile_interval(halves, draws.settings.level));
  }
  const double spread = samples.back().empty() ? 0 : deviation(samples.back());
  const bool has_ratio = !json["value"].is_null() && spread > 0;
  json["normalised"] = has_ratio ? number(number_from_json(json["value"]) / spread) : Json();
  return json;
}

/// The main statistics once more, without the runs that did not learn their training task; null if nothing tells them.
Json learnt_json(const ViewScores& view, std::size_t s, const ViewSamples& samples, AxisDraws& draws) {
  const auto& flagged = view.scales[s].unlearnt;
  if (!flagged) return nullptr;
  const Sample& sample = samples.learnt[s];
  const AnalysisConfig& settings = draws.settings;
  const auto n = std::ssize(sample);
  const auto success = std::ssize(successes_of(sample, settings.success_threshold));
  return {{"n", n},
          {"flagged", *flagged},
          {"success", view.bounded ? success_json(success, n, settings) : Json()},
          {"mean", mean_json(sample, draws.resamples[s], settings.level)},
          {"mode", sample.empty() ? Json() : number(histogram_mode(histogram(sample, samples.edges), samples.edges))},
          {"median", sample.empty() ? Json() : number(median(sample))},
          {"w2_to_largest", distance_json(samples.learnt, s, samples.learnt_distances)}};
}

}  // namespace

Json scale_json(const ViewScores& view, std::size_t s, const ViewSamples& samples, AxisDraws& draws) {
  const ScaleScores& scale = view.scales[s];
  const Sample& sample = samples.samples[s];
  const AnalysisConfig& settings = draws.settings;
  const auto successes = successes_of(sample, settings.success_threshold);
  const std::int64_t n = std::ssize(sample);
  const auto counts = histogram(sample, samples.edges);
  Json json = {{"value", Json(scale.value)},
               {"params", scale.parameters ? Json(*scale.parameters) : Json()},
               {"n", n + (view.bounded ? 0 : scale.diverged)},  // a result of its scale also where it has no score
               {"diverged", scale.diverged},
               {"scores", {{"seed", scale.seeds}, {"value", numbers(scale.scores)}}},
               {"histogram", {{"edges", numbers(samples.edges)}, {"counts", counts}}}};
  json["mode"] = sample.empty() ? Json() : number(histogram_mode(counts, samples.edges));
  json["median"] = sample.empty() ? Json() : number(median(sample));
  json["mean"] = mean_and_bca_json(sample, draws.resamples[s], settings.level);
  json["success"] = view.bounded ? success_json(std::ssize(successes), n, settings) : Json();
  json["mean_of_successes"] = view.bounded ? mean_json(successes, draws.resamples[s], settings.level) : Json();
  json["w2_to_largest"] = distance_in_context_json(samples, s, draws);
  if (!scale.pairs.empty()) json["grid"] = grid_json(scale, view.bounded, settings.success_threshold);
  json["kde_mode"] = sample.empty() ? Json() : number(gaussian_kde_mode(sample));
  json["half_sample_mode"] = sample.empty() ? Json() : number(half_sample_mode(sample));
  json["thresholds"] = view.bounded && n > 0 ? thresholds_json(sample, settings) : Json();
  const bool examined = samples.examined;
  json["modality"] =
      examined ? modality_json(sample, view.bounded, samples.steps, s, samples.with_silverman, draws) : Json();
  json["learnt"] = examined ? learnt_json(view, s, samples, draws) : Json();
  return json;
}

}  // namespace seedscape
