#pragma once
// Would the smaller scales have told what the largest one does?

#include <optional>
#include <span>
#include <vector>

#include "seedscape/analysis/bootstrap.h"

namespace seedscape {

/// A share that follows a logistic curve: log(p / (1 - p)) = intercept + slope x.
struct LogisticCurve {
  double intercept = 0, slope = 0;
  double at(double x) const;
};

/// The curve of greatest binomial likelihood, sum_i s_i log p(x_i) + (n_i - s_i) log(1 - p(x_i)), by Newton's method.
///
/// Shapes:   x, successes, trials of equal length
/// Requires: at least two different x, trials >= 1
/// Edge:     where the likelihood has no maximum (successes only on one side of some x) the curve is steep enough for
/// the
///           likelihood to have stopped growing
LogisticCurve fit_logistic(std::span<const double> x, std::span<const double> successes,
                           std::span<const double> trials);

/// A scale as a forecast sees it.
struct ForecastScale {
  double x = 0;                    // logarithm of the number of parameters
  std::span<const double> sorted;  // scores
};

struct Prediction {
  double value = 0;
  Interval interval;
  double truth = 0;
  double error = 0;  // how far the value is from the truth
};

struct Forecast {
  std::optional<Prediction> success_fit{};  // of the share of successes, by a logistic curve; bounded scores only
  Prediction mean_extrapolation;            // of the mean score, by a straight line through the scales' means
  std::optional<Prediction> single_seed{};  // of the mean score, by a line through one seed's scores: median over
                                            // seeds, interval of the middle `level` of them, mean error of a seed
};

/// Predicts the last scale from those before it. Intervals of the first two: everything refitted on resampled seeds.
/// Predictions of bounded scores end at 0 and 1.
///
/// Shapes:   resamples [scales]; curves [any number][scales], the scores of seeds that have one at every scale
/// Requires: at least 3 scales with scores, at least two different x before the last
Forecast forecast(std::span<const ForecastScale> scales, std::span<const std::vector<double>> curves, bool bounded,
                  double threshold, std::vector<Resamples>& resamples, double level);

}  // namespace seedscape
