// analysis.json: every statistic of every view, in the order in which its keys are documented.

#include "seedscape/analysis/analyze.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "seedscape/analysis/bootstrap.h"
#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/scaling.h"
#include "seedscape/analysis/variance.h"
#include "seedscape/analysis/wasserstein.h"
#include "seedscape/base/number.h"
#include "seedscape/base/version.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;
using Sample = std::vector<double>;  // ascending

/// null stands for a number that does not exist, text for one that is not finite.
Json number(double value) { return json_number(value); }

Json formulas() {
  return {
      {"histogram",
       "bin i = [edge i, edge i+1), the last one closed; edges i/bins, or from min to max of an unbounded view"},
      {"mode", "centre of the fullest histogram bin, the lowest on a tie"},
      {"kde_mode",
       "argmax of the Gaussian kernel density, bandwidth = deviation (n-1) * n^(-1/5), 201 points from min to max"},
      {"half_sample_mode",
       "densest half of the sample, repeated until 3 or fewer are left (Bickel and Fruehwirth 2006)"},
      {"median", "quantile 1/2, linear between order statistics at index (n-1)/2"},
      {"mean", "sum / n; interval: percentiles of the means of bootstrap resamples of the seeds"},
      {"success", "count of score >= threshold, divided by n; interval: Wilson score"},
      {"mean_of_successes", "mean of the scores >= threshold; interval: bootstrap over those seeds only"},
      {"w2_to_largest",
       "sqrt(integral_0^1 (F^-1(u) - G^-1(u))^2 du), G at the largest scale; interval: both sides resampled"},
      {"grid",
       "shares of sum_ij (y_ij - m)^2, m = mean, a_i and b_j = means of one init seed and one data seed: init J sum_i "
       "(a_i - m)^2, data I sum_j (b_j - m)^2, interaction sum_ij (y_ij - a_i - b_j + m)^2; components: mean squares "
       "MS less MS_interaction, by J and I, not below 0; success: the same of [score >= threshold]"},
      {"improvement", "I = sign(argmax y - argmin y) (max y - min y), y = one seed's scores by ascending scale"},
      {"breakthroughness", "B = I / sqrt(median_i (y[i+1] - y[i])^2); I = 0: 0; null below 3 scales"},
      {"linearity", "L = I / sqrt(mean_i (y[i+1] - y[i])^2); I = 0: 0; null below 3 scales"},
      {"clipped_100", "min(max(x, 0), 100)"},
  };
}

Json settings_json(const AnalysisConfig& settings) {
  return {{"bins", settings.bins},
          {"success_threshold", number(settings.success_threshold)},
          {"bootstrap",
           {{"resamples", settings.resamples},
            {"level", settings.level},
            {"method", "percentile"},
            {"seed", settings.seed}}},
          {"formulas", formulas()}};
}

Json source_json(const ScoreTable::Source& source) {
  return {{"planned", source.planned},
          {"done", source.done},
          {"diverged", source.diverged},
          {"failed", source.failed},
          {"pending", source.pending}};
}

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

Json estimate(double value, const Interval& interval) {
  return {{"value", number(value)}, {"low", number(interval.low)}, {"high", number(interval.high)}};
}

Json no_estimate() { return {{"value", nullptr}, {"low", nullptr}, {"high", nullptr}}; }

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

/// One entry of "scales". `resamples` holds one element per scale of the axis.
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
