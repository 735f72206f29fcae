#include "seedscape/analysis/forecast.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

/// log(1 + exp(eta)) without overflow.
double softplus(double eta) { return std::max(eta, 0.0) + std::log1p(std::exp(-std::abs(eta))); }

double log_likelihood(const LogisticCurve& curve, std::span<const double> x, std::span<const double> successes,
                      std::span<const double> trials) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double eta = curve.intercept + curve.slope * x[i];
    sum += successes[i] * eta - trials[i] * softplus(eta);
  }
  return sum;
}

/// The value at `last` of the straight line with the least squared distance to the points.
double extrapolate(std::span<const double> x, std::span<const double> y, double last) {
  const double x_mean = mean(x), y_mean = mean(y);
  double covariance = 0, variance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    covariance += (x[i] - x_mean) * (y[i] - y_mean);
    variance += (x[i] - x_mean) * (x[i] - x_mean);
  }
  return y_mean + covariance / variance * (last - x_mean);
}

/// What is predicted from, and for where.
struct Range {
  std::vector<double> x;  // of all scales but the last
  double x_last;          // of the last one
  bool bounded;
  double level;
};

double line_at_last(const Range& range, std::span<const double> y) {
  const double value = extrapolate(range.x, y.first(range.x.size()), range.x_last);
  return range.bounded ? std::clamp(value, 0.0, 1.0) : value;
}

Prediction predict_success(const Range& range, std::span<const ForecastScale> scales, double threshold,
                           std::vector<Resamples>& resamples) {
  std::vector<std::ptrdiff_t> first;  // position of the least success in the ascending scores
  std::vector<double> successes, trials;
  for (const ForecastScale& scale : scales) {
    const auto least = std::ranges::lower_bound(scale.sorted, threshold);
    first.push_back(least - scale.sorted.begin());
    trials.push_back(static_cast<double>(scale.sorted.size()));
    successes.push_back(static_cast<double>(scale.sorted.end() - least));
  }
  const std::size_t m = range.x.size();
  const auto fit = [&](const std::vector<double>& counts) {
    return fit_logistic(range.x, std::span(counts).first(m), std::span(trials).first(m)).at(range.x_last);
  };
  Prediction prediction{.value = fit(successes), .interval = {}, .truth = successes[m] / trials[m]};
  std::vector<double> values(resamples[0].count()), counts(m);
  for (std::size_t r = 0; r < values.size(); ++r) {
    for (std::size_t s = 0; s < m; ++s) {
      const std::size_t n = scales[s].sorted.size();
      const auto weights = resamples[s].weights(n).subspan(r * n, n);
      counts[s] = std::reduce(weights.begin() + first[s], weights.end(), 0.0);
    }
    values[r] = fit(counts);
  }
  prediction.interval = percentile_interval(std::move(values), range.level);
  prediction.error = std::abs(prediction.value - prediction.truth);
  return prediction;
}

Prediction predict_mean(const Range& range, std::span<const ForecastScale> scales, std::vector<Resamples>& resamples) {
  std::vector<double> means, values(resamples[0].count());
  std::vector<std::vector<double>> resampled;
  for (std::size_t s = 0; s < range.x.size(); ++s) {
    means.push_back(mean(scales[s].sorted));
    resampled.push_back(resampled_means(scales[s].sorted, resamples[s]));
  }
  Prediction prediction{.value = line_at_last(range, means), .interval = {}, .truth = mean(scales.back().sorted)};
  for (std::size_t r = 0; r < values.size(); ++r) {
    for (std::size_t s = 0; s < means.size(); ++s) means[s] = resampled[s][r];
    values[r] = line_at_last(range, means);
  }
  prediction.interval = percentile_interval(std::move(values), range.level);
  prediction.error = std::abs(prediction.value - prediction.truth);
  return prediction;
}

Prediction predict_from_one_seed(const Range& range, std::span<const std::vector<double>> curves, double truth) {
  std::vector<double> values, errors;
  for (const std::vector<double>& curve : curves) {
    values.push_back(line_at_last(range, curve));
    errors.push_back(std::abs(values.back() - truth));
  }
  std::ranges::sort(values);
  return {median(values), percentile_interval(values, range.level), truth, mean(errors)};
}

}  // namespace

double LogisticCurve::at(double x) const { return 1 / (1 + std::exp(-(intercept + slope * x))); }

LogisticCurve fit_logistic(std::span<const double> x, std::span<const double> successes,
                           std::span<const double> trials) {
  constexpr int kMostSteps = 200;
  constexpr double kLeastGrowth = 1e-12;
  LogisticCurve curve;
  double reached = log_likelihood(curve, x, successes, trials);
  for (int step = 0; step < kMostSteps; ++step) {
    double g0 = 0, g1 = 0, h00 = 0, h01 = 0, h11 = 0;  // gradient and negative second derivatives
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double p = curve.at(x[i]), weight = trials[i] * p * (1 - p), rest = successes[i] - trials[i] * p;
      g0 += rest;
      g1 += rest * x[i];
      h00 += weight;
      h01 += weight * x[i];
      h11 += weight * x[i] * x[i];
    }
    const double determinant = h00 * h11 - h01 * h01;
    if (!(determinant > 1e-12 * h00 * h11)) break;
    double d0 = (h11 * g0 - h01 * g1) / determinant, d1 = (h00 * g1 - h01 * g0) / determinant;
    LogisticCurve next{curve.intercept + d0, curve.slope + d1};
    double value = log_likelihood(next, x, successes, trials);
    for (int halving = 0; value < reached && halving < 30; ++halving) {
      d0 /= 2;
      d1 /= 2;
      next = {curve.intercept + d0, curve.slope + d1};
      value = log_likelihood(next, x, successes, trials);
    }
    if (!(value > reached + kLeastGrowth * std::abs(reached))) break;
    curve = next;
    reached = value;
  }
  return curve;
}

Forecast forecast(std::span<const ForecastScale> scales, std::span<const std::vector<double>> curves, bool bounded,
                  double threshold, std::vector<Resamples>& resamples, double level) {
  Range range{.x = {}, .x_last = scales.back().x, .bounded = bounded, .level = level};
  for (const ForecastScale& scale : scales.first(scales.size() - 1)) range.x.push_back(scale.x);
  // Counted from the largest of them: the products of Newton's method then keep their digits.
  const double origin = std::ranges::max(range.x);
  for (double& x : range.x) x -= origin;
  range.x_last -= origin;
  Forecast result{.mean_extrapolation = predict_mean(range, scales, resamples)};
  if (bounded) result.success_fit = predict_success(range, scales, threshold, resamples);
  if (!curves.empty()) result.single_seed = predict_from_one_seed(range, curves, result.mean_extrapolation.truth);
  return result;
}

}  // namespace seedscape
