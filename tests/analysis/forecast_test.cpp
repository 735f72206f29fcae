#include "seedscape/analysis/forecast.h"

#include <algorithm>
#include <cmath>

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// `successes` scores of 1 among `n`, the others 0.
Numbers share(int successes, int n) {
  Numbers sample(static_cast<std::size_t>(n - successes), 0.0);
  sample.resize(static_cast<std::size_t>(n), 1.0);
  return sample;
}

Forecast forecast_of(const Numbers& x, const std::vector<Numbers>& samples, const std::vector<Numbers>& curves = {},
                     bool bounded = true) {
  std::vector<ForecastScale> scales;
  std::vector<Resamples> resamples;
  for (std::size_t s = 0; s < x.size(); ++s) {
    scales.push_back({x[s], samples[s]});
    resamples.emplace_back(0, 0, s, 500);
  }
  return forecast(scales, curves, bounded, 0.5, resamples, 0.95);
}

}  // namespace

TEST_CASE("logistic: two scales are met exactly", "[analysis]") {
  // Shares 1/4 and 1/2: log odds -log 3 and 0, one apart.
  const LogisticCurve curve = fit_logistic(Numbers{2, 3}, Numbers{5, 20}, Numbers{20, 40});
  CHECK(curve.slope == Approx(std::log(3)));
  CHECK(curve.at(2) == Approx(0.25));
  CHECK(curve.at(3) == Approx(0.5));
  CHECK(curve.at(4) == Approx(0.75));
}

TEST_CASE("logistic: a scale with more seeds weighs more", "[analysis]") {
  const Numbers x{0, 1, 2};
  const double few = fit_logistic(x, Numbers{2, 8, 5}, Numbers{10, 10, 10}).at(2);
  const double many = fit_logistic(x, Numbers{2, 8, 500}, Numbers{10, 10, 1000}).at(2);
  CHECK(std::abs(many - 0.5) < 0.02);
  CHECK(few > 0.6);
}

TEST_CASE("logistic: without any success, or with a clean step, the curve ends at 0 and 1", "[analysis]") {
  CHECK(fit_logistic(Numbers{0, 1, 2}, Numbers{0, 0, 0}, Numbers{9, 9, 9}).at(3) < 1e-6);
  CHECK(fit_logistic(Numbers{0, 1, 2}, Numbers{0, 0, 9}, Numbers{9, 9, 9}).at(3) > 1 - 1e-6);
}

TEST_CASE("forecast: successes that follow a logistic curve are foretold, their mean by a line is not", "[analysis]") {
  // Log odds -2.2, 0, 2.2 at x = 10, 11, 12 and then 4.4: shares 0.1, 0.5, 0.9, 0.988. The line says 1.3, that is 1.
  const std::vector<Numbers> samples{share(10, 100), share(50, 100), share(90, 100), share(99, 100)};
  const Forecast made = forecast_of({10, 11, 12, 13}, samples);
  REQUIRE(made.success_fit);
  CHECK(made.success_fit->value == Approx(1 / (1 + std::exp(-2 * std::log(9)))));
  CHECK(made.success_fit->truth == 0.99);
  CHECK(made.success_fit->error == Approx(std::abs(made.success_fit->value - 0.99)));
  CHECK(made.success_fit->interval.low < made.success_fit->value);
  CHECK(made.success_fit->interval.high > made.success_fit->value);
  CHECK(made.mean_extrapolation.value == 1);
  CHECK(made.mean_extrapolation.truth == 0.99);
}

TEST_CASE("forecast: the last scale is judged by, not fitted to", "[analysis]") {
  std::vector<Numbers> samples{share(10, 50), share(20, 50), share(30, 50), share(50, 50)};
  const Forecast high = forecast_of({1, 2, 3, 4}, samples);
  samples[3] = share(0, 50);
  const Forecast low = forecast_of({1, 2, 3, 4}, samples);
  CHECK(high.success_fit->value == low.success_fit->value);
  CHECK(high.mean_extrapolation.interval.low == low.mean_extrapolation.interval.low);
  CHECK(low.mean_extrapolation.value == Approx(0.8));
  CHECK(low.mean_extrapolation.error == Approx(0.8));
}

TEST_CASE("forecast: one seed's line is judged by the mean score, over all seeds", "[analysis]") {
  const std::vector<Numbers> samples{{0, 0.2}, {0, 0.4}, {0, 0.6}};
  // Lines 0 and 0.2, 0.4 -> 0.6; the mean at the last scale is 0.3.
  const Forecast made = forecast_of({1, 2, 3}, samples, {{0, 0, 0}, {0.2, 0.4, 0.6}});
  REQUIRE(made.single_seed);
  CHECK(made.single_seed->value == Approx(0.3));
  CHECK(made.single_seed->truth == Approx(0.3));
  CHECK(made.single_seed->error == Approx(0.3));
}

TEST_CASE("forecast: losses may leave [0, 1] and have no successes", "[analysis]") {
  const Forecast made = forecast_of({1, 2, 3}, {{5}, {4}, {2.5}}, {{5, 4, 2.5}}, false);
  CHECK_FALSE(made.success_fit);
  CHECK(made.mean_extrapolation.value == Approx(3));
  CHECK(made.single_seed->value == Approx(3));
  CHECK(made.single_seed->error == Approx(0.5));
}

TEST_CASE("forecast: the fit's interval covers the true share as often as it says", "[analysis]") {
  // Sweeps of four scales with log odds -2, -1, 0, 1 and 60 seeds each.
  int covered = 0;
  constexpr int kSweeps = 120;
  Rng rng(4, Purpose::seeds_needed, 50, 0);
  for (int i = 0; i < kSweeps; ++i) {
    std::vector<Numbers> samples;
    for (int s = 0; s < 4; ++s) {
      int successes = 0;
      for (int k = 0; k < 60; ++k) successes += rng.uniform() < 1 / (1 + std::exp(2.0 - s));
      samples.push_back(share(successes, 60));
    }
    const auto fit = *forecast_of({0, 1, 2, 3}, samples).success_fit;
    const double truth = 1 / (1 + std::exp(-1.0));
    covered += fit.interval.low <= truth && truth <= fit.interval.high;
  }
  CHECK(covered / static_cast<double>(kSweeps) == Approx(0.95).margin(0.06));
}
