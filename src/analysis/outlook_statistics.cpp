#include "outlook_statistics.h"

#include <algorithm>
#include <cmath>

#include "seedscape/analysis/forecast.h"
#include "seedscape/analysis/seeds_needed.h"

namespace seedscape {

namespace {

constexpr std::int64_t kPowerDraws = 200;
constexpr std::size_t kFewestScores = 8;  // that can stand for a distribution with two modes

Json optional_count(const std::optional<std::int64_t>& count) { return count ? Json(*count) : Json(); }

/// The first scale with a second mode, or the one that is nearest to having one.
std::optional<std::size_t> most_bimodal(const ViewSamples& samples, const Json& scales, const Json& onset) {
  std::optional<std::size_t> best;
  double largest = 0;
  for (std::size_t s = 0; s < scales.size(); ++s) {
    if (samples.samples[s].size() < kFewestScores) continue;
    if (!onset.is_null() && scales[s]["value"] == onset) return s;
    const double dip = scales[s]["modality"]["dip"]["tested"];
    if (dip <= largest) continue;
    largest = dip;
    best = s;
  }
  return best;
}

Json two_modes_json(const ViewSamples& samples, const Json& scales, const Json& onset, AxisDraws& draws) {
  const std::optional<std::size_t> s = most_bimodal(samples, scales, onset);
  if (!s) return nullptr;
  const std::int64_t count = std::min(kPowerDraws, draws.settings.resamples);
  const PowerCurve curve = seeds_for_two_modes(samples.samples[*s], samples.steps,
                                               draws.stream(Purpose::seeds_needed, *s), count, draws.dip_nulls);
  return {{"at_scale", scales[*s]["value"]},
          {"seeds", curve.seeds},
          {"power", curve.power},
          {"needed", optional_count(curve.needed)},
          {"resamples", count}};
}

/// At the scale whose share of successes is nearest to one half, where an interval is widest.
Json success_within_json(const Json& scales, double level) {
  const Json* nearest = nullptr;
  const auto distance = [](const Json& scale) { return std::abs(scale["success"]["fraction"].get<double>() - 0.5); };
  for (const Json& scale : scales) {
    if (scale["success"].is_null() || scale["success"]["fraction"].is_null()) continue;
    if (nearest == nullptr || distance(scale) < distance(*nearest)) nearest = &scale;
  }
  if (nearest == nullptr) return nullptr;
  Json seeds = Json::array(), half_widths = Json::array();
  for (const double half_width : {0.05, 0.1, 0.2}) {
    half_widths.push_back(half_width);
    seeds.push_back(seeds_for_share((*nearest)["success"]["fraction"], half_width, level));
  }
  return {{"at_scale", (*nearest)["value"]}, {"half_width", half_widths}, {"seeds", seeds}};
}

Json rank_two_json(const ViewSamples& samples, const Json& scales, AxisDraws& draws) {
  Json pairs = Json::array();
  for (std::size_t s = 0; s + 1 < scales.size(); ++s) {
    std::optional<std::int64_t> needed;
    const Sample &a = samples.samples[s], &b = samples.samples[s + 1];
    if (!a.empty() && !b.empty()) {
      needed = seeds_to_rank(a, b, draws.stream(Purpose::seeds_needed, s), draws.stream(Purpose::seeds_needed, s + 1),
                             draws.settings.resamples);
    }
    pairs.push_back({{"a", scales[s]["value"]}, {"b", scales[s + 1]["value"]}, {"needed", optional_count(needed)}});
  }
  return pairs;
}

/// log parameters of every scale, or of the axis value where parameters are unknown; empty if some scale has neither.
std::vector<double> log_sizes(const ViewScores& view) {
  std::vector<double> sizes;
  for (const ScaleScores& scale : view.scales) {
    const double size = scale.parameters          ? static_cast<double>(*scale.parameters)
                        : scale.value.is_number() ? scale.value.get<double>()
                                                  : 0;
    if (!(size > 0)) return {};
    sizes.push_back(std::log(size));
  }
  return sizes;
}

Json prediction_json(const std::optional<Prediction>& prediction) {
  if (!prediction) return nullptr;
  Json json = estimate(prediction->value, prediction->interval);
  json["truth"] = number(prediction->truth);
  json["score"] = number(prediction->error);
  return json;
}

}  // namespace

Json seeds_needed_json(const ViewScores& view, const ViewSamples& samples, const Json& scales, const Json& onset,
                       AxisDraws& draws) {
  return {{"two_modes", two_modes_json(samples, scales, onset, draws)},
          {"success_within", view.bounded ? success_within_json(scales, draws.settings.level) : Json()},
          {"rank_two", rank_two_json(samples, scales, draws)}};
}

Json forecast_json(const ViewScores& view, const ViewSamples& samples, std::span<const std::vector<double>> curves,
                   AxisDraws& draws) {
  const std::vector<double> x = log_sizes(view);
  if (x.size() < 3 || std::ranges::any_of(samples.samples, &Sample::empty)) return nullptr;
  const auto [least, largest] = std::ranges::minmax(std::span(x).first(x.size() - 1));
  if (least == largest || x.back() <= largest) return nullptr;
  std::vector<ForecastScale> scales;
  for (std::size_t s = 0; s < x.size(); ++s) scales.push_back({x[s], samples.samples[s]});
  const Forecast made =
      forecast(scales, curves, view.bounded, draws.settings.success_threshold, draws.resamples, draws.settings.level);
  return {{"held_out", Json(view.scales.back().value)},
          {"truth", made.success_fit ? number(made.success_fit->truth) : number(made.mean_extrapolation.truth)},
          {"success_fit", prediction_json(made.success_fit)},
          {"mean_extrapolation", prediction_json(made.mean_extrapolation)},
          {"single_seed", prediction_json(made.single_seed)},
          {"resamples", draws.settings.resamples},
          {"score", "absolute error; of single_seed the mean over the seeds"}};
}

}  // namespace seedscape
