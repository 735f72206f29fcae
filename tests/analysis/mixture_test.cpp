#include "seedscape/analysis/mixture.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "seedscape/base/rng.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// `count` values at the quantiles of a normal distribution.
void add_normal(Numbers& sample, double mean, double deviation, int count) {
  for (int i = 0; i < count; ++i) sample.push_back(mean + deviation * normal_quantile((i + 0.5) / count));
  std::ranges::sort(sample);
}

}  // namespace

TEST_CASE("mixture: one, two and three groups are told apart, with their weights, places and widths", "[analysis]") {
  Numbers sample;
  add_normal(sample, 0.5, 0.05, 100);
  CHECK(fit_mixture(sample, true, 1e-3).parts.size() == 1);
  add_normal(sample, 0.9, 0.02, 60);
  CHECK(fit_mixture(sample, true, 1e-3).parts.size() == 2);
  add_normal(sample, 0.2, 0.03, 40);
  const Mixture three = fit_mixture(sample, true, 1e-3);
  REQUIRE(three.parts.size() == 3);
  const double weights[] = {0.2, 0.5, 0.3}, means[] = {0.2, 0.5, 0.9}, deviations[] = {0.03, 0.05, 0.02};
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(three.parts[j].weight == Approx(weights[j]).margin(1e-3));
    CHECK(three.parts[j].mean == Approx(means[j]).margin(1e-3));
    CHECK(three.parts[j].deviation == Approx(deviations[j]).margin(2e-3));
  }
  CHECK(*three.bic[2] < *three.bic[1]);
}

TEST_CASE("mixture: scores of exactly 0 and 1 are masses of their own, not a normal part", "[analysis]") {
  Numbers sample(30, 0.0);
  add_normal(sample, 0.5, 0.05, 50);
  sample.resize(100, 1.0);
  const Mixture mixture = fit_mixture(sample, true, 1e-3);
  CHECK(mixture.at_zero == 0.3);
  CHECK(mixture.at_one == 0.2);
  REQUIRE(mixture.parts.size() == 1);
  CHECK(mixture.parts[0].weight == 0.5);
  CHECK(mixture.parts[0].mean == Approx(0.5));
  const Mixture losses = fit_mixture(sample, false, 1e-3);
  CHECK(losses.at_zero == 0);
  CHECK(losses.parts.size() == 3);
}

TEST_CASE("mixture: the BIC of one part with a mass beside it is that of a hand calculation", "[analysis]") {
  // 0 once, and 1/4, 3/4: log L = log(1/3) + 2 log(2/3) - log(2 pi 0.25^2) - 1; mass, mean, deviation: 3 parameters.
  const Mixture mixture = fit_mixture(Numbers{0, 0.25, 0.75}, true, 1e-3);
  const double log_likelihood = std::log(4.0 / 27) - std::log(2 * std::numbers::pi * 0.0625) - 1;
  CHECK(*mixture.bic[0] == Approx(-2 * log_likelihood + 3 * std::log(3)));
  CHECK_FALSE(mixture.bic[2]);
}

TEST_CASE("mixture: no part is narrower than allowed, so that equal scores do not win it all", "[analysis]") {
  const Mixture mixture = fit_mixture(Numbers{0.5, 0.5, 0.5, 0.5, 0.2, 0.3}, true, 0.01);
  for (const NormalPart& part : mixture.parts) CHECK(part.deviation >= 0.01);
}

TEST_CASE("mixture: a sample of zeros and ones has no parts", "[analysis]") {
  const Mixture mixture = fit_mixture(Numbers{0, 0, 0, 1}, true, 1e-3);
  CHECK(mixture.at_zero == 0.75);
  CHECK(mixture.at_one == 0.25);
  CHECK(mixture.parts.empty());
  CHECK_FALSE(mixture.bic[0]);
}
