#include "seedscape/analysis/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "seedscape/analysis/wasserstein.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// n values evenly over [0, 1]: mean 1/2, deviation close to sqrt(1/12).
Numbers even_sample(std::size_t n) {
  Numbers sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
  return sample;
}

Interval mean_interval(const Numbers& sample, Resamples& resamples, double level) {
  return percentile_interval(resampled_means(sample, resamples), level);
}

Interval mean_of(const Numbers& sample, std::uint64_t seed = 0, std::size_t axis = 0, std::size_t scale = 0) {
  Resamples resamples(seed, axis, scale, 1000);
  return mean_interval(sample, resamples, 0.95);
}

bool equal(const Interval& a, const Interval& b) { return a.low == b.low && a.high == b.high; }

}  // namespace

TEST_CASE("bootstrap: the percentile interval cuts the same share off both ends", "[analysis]") {
  Numbers statistics;
  for (int i = 100; i >= 0; --i) statistics.push_back(i);
  const Interval interval = percentile_interval(statistics, 0.9);
  CHECK(interval.low == Approx(5));
  CHECK(interval.high == Approx(95));
}

TEST_CASE("bootstrap: the interval of a mean is as wide as the normal one", "[analysis]") {
  const Interval interval = mean_of(even_sample(250));
  const double error = std::sqrt(1.0 / 12 / 250);
  CHECK(interval.low == Approx(0.5 - 1.96 * error).margin(0.3 * error));
  CHECK(interval.high == Approx(0.5 + 1.96 * error).margin(0.3 * error));
}

TEST_CASE("bootstrap: a lower level gives a narrower interval", "[analysis]") {
  Resamples resamples(0, 0, 0, 1000);
  const Numbers sample = even_sample(50);
  const Interval wide = mean_interval(sample, resamples, 0.95), narrow = mean_interval(sample, resamples, 0.5);
  CHECK(wide.low < narrow.low);
  CHECK(narrow.high < wide.high);
}

TEST_CASE("bootstrap: a constant sample has an interval of no width", "[analysis]") {
  const Interval interval = mean_of(Numbers(7, 0.1));
  CHECK(interval.low == 0.1);
  CHECK(interval.high == 0.1);
}

TEST_CASE("bootstrap: the interval depends on seed, axis and scale and on nothing else", "[analysis]") {
  const Numbers sample = even_sample(40);
  CHECK(equal(mean_of(sample), mean_of(sample)));
  CHECK_FALSE(equal(mean_of(sample), mean_of(sample, 1, 0, 0)));
  CHECK_FALSE(equal(mean_of(sample), mean_of(sample, 0, 1, 0)));
  CHECK_FALSE(equal(mean_of(sample), mean_of(sample, 0, 0, 1)));
}

TEST_CASE("bootstrap: what was resampled before does not change an interval", "[analysis]") {
  const Numbers sample = even_sample(40);
  Resamples used(0, 0, 0, 1000);
  mean_interval(even_sample(90), used, 0.95);
  mean_interval(even_sample(3), used, 0.95);
  CHECK(equal(mean_interval(sample, used, 0.95), mean_of(sample)));
}

TEST_CASE("bootstrap: draws come from the stream of purpose resampling at (axis, scale)", "[analysis]") {
  Resamples resamples(9, 2, 5, 2);
  const auto weights = resamples.weights(3);
  Rng rng(9, Purpose::resampling, 2, 5);
  std::vector<std::uint8_t> expected(6);
  for (std::size_t r = 0; r < 2; ++r) {
    for (int draw = 0; draw < 3; ++draw) ++expected[r * 3 + rng.below(3)];
  }
  CHECK(std::ranges::equal(weights, expected));
}

TEST_CASE("bootstrap: a value drawn many times counts as often in the distance", "[analysis]") {
  // Of five equal values and a sixth, each resample's distance to zero is sqrt(copies of the sixth / 6).
  const Numbers sample{0, 0, 0, 0, 0, 1}, zero{0};
  std::vector<Resamples> resamples;
  for (std::size_t s = 0; s < 2; ++s) resamples.emplace_back(3, 0, s, 2000);
  const Interval interval = wasserstein2_intervals(std::vector{sample, zero}, resamples, 1)[0];
  const auto weights = resamples[0].weights(6);
  std::uint8_t most = 0;
  for (std::size_t r = 0; r < 2000; ++r) most = std::max(most, weights[r * 6 + 5]);
  REQUIRE(most > 4);
  CHECK(interval.low == 0);
  CHECK(interval.high == std::sqrt(most / 6.0));
}

TEST_CASE("bootstrap: the interval of a distance resamples both sides", "[analysis]") {
  const Numbers spread = even_sample(60), constant(45, 2.0);
  const auto interval_of = [](const Numbers& a, const Numbers& b) {
    std::vector<Resamples> resamples;
    for (std::size_t s = 0; s < 2; ++s) resamples.emplace_back(0, 0, s, 500);
    return wasserstein2_intervals(std::vector{a, b}, resamples, 0.95)[0];
  };
  for (const auto& [a, b] : {std::pair{spread, constant}, std::pair{constant, spread}}) {
    const Interval interval = interval_of(a, b);
    const double distance = wasserstein2(a, b);
    CHECK(interval.low < distance);
    CHECK(distance < interval.high);
    CHECK(interval.high - interval.low < 0.3);
  }
  const Interval still = interval_of(Numbers(4, 0.5), constant);
  CHECK(still.low == 1.5);
  CHECK(still.high == 1.5);
}

TEST_CASE("bootstrap: distances of many scales are those of each pair alone, an empty scale has none", "[analysis]") {
  const std::vector<Numbers> samples{even_sample(30), {}, Numbers(17, 0.25), even_sample(41)};
  const auto resamples_of = [](std::vector<std::size_t> scales) {
    std::vector<Resamples> resamples;
    for (const std::size_t s : scales) resamples.emplace_back(0, 0, s, 300);
    return resamples;
  };
  auto all = resamples_of({0, 1, 2, 3});
  const std::vector<Interval> intervals = wasserstein2_intervals(samples, all, 0.95);
  REQUIRE(intervals.size() == 4);
  for (const std::size_t s : {0, 2}) {
    auto two = resamples_of({s, 3});
    CHECK(equal(intervals[s], wasserstein2_intervals(std::vector{samples[s], samples[3]}, two, 0.95)[0]));
  }
  CHECK(equal(intervals[1], {0, 0}));
  CHECK(equal(intervals[3], {0, 0}));
  CHECK(equal(wasserstein2_intervals(std::vector<Numbers>{{1}, {}}, all, 0.95)[0], {0, 0}));
}

TEST_CASE("bootstrap: without bias and skewness the accelerated interval is the percentile one", "[analysis]") {
  Numbers statistics;
  for (int i = 0; i <= 1000; ++i) statistics.push_back(i);
  const Interval plain = percentile_interval(statistics, 0.9), accelerated = bca_interval(statistics, 500, 0, 0.9);
  CHECK(accelerated.low == Approx(plain.low));
  CHECK(accelerated.high == Approx(plain.high));
}

TEST_CASE("bootstrap: the accelerated interval moves towards the longer tail and away from a bias", "[analysis]") {
  Numbers statistics;
  for (int i = 0; i <= 1000; ++i) statistics.push_back(i);
  // z0 = 0, a = 0.1, z = -+1.6449: Phi(-1.6449 / 1.16449) = 0.0789, Phi(1.6449 / 0.83551) = 0.9755.
  const Interval skewed = bca_interval(statistics, 500, 0.1, 0.9);
  CHECK(skewed.low == Approx(78.9).margin(0.1));
  CHECK(skewed.high == Approx(975.5).margin(0.1));
  // 30.9 % below: z0 = -0.5, ends at Phi(-1 -+ 1.6449).
  const Interval biased = bca_interval(statistics, 308.5, 0, 0.9);
  CHECK(biased.low == Approx(4.1).margin(0.1));
  CHECK(biased.high == Approx(740.5).margin(0.5));
  CHECK(bca_interval(statistics, -1, 0, 0.9).low == Approx(0).margin(0.1));
}

TEST_CASE("bootstrap: the acceleration has the sign of the sample's skewness", "[analysis]") {
  CHECK(mean_acceleration(Numbers{0, 0, 3}) == Approx(6 / (6 * std::pow(6, 1.5))));  // d = -1 -1 2
  CHECK(mean_acceleration(Numbers{0, 3, 3}) == Approx(-6 / (6 * std::pow(6, 1.5))));
  CHECK(mean_acceleration(Numbers(5, 0.1)) == 0);
}

TEST_CASE("bootstrap: an accelerated interval of a constant sample has no width", "[analysis]") {
  const Interval interval = bca_interval(Numbers(50, 0.1), 0.1, mean_acceleration(Numbers(5, 0.1)), 0.95);
  CHECK(interval.low == 0.1);
  CHECK(interval.high == 0.1);
}

TEST_CASE("bootstrap: halves split every value once, in all ways that there are", "[analysis]") {
  // Of 0 0 1 1 two thirds of the splits have a 1 in each half (distance 0), a third have both in one (distance 1).
  const auto distances = split_half_distances(Numbers{0, 0, 1, 1}, Rng(1, Purpose::split_halves, 0, 0), 3000);
  CHECK(static_cast<double>(std::ranges::count(distances, 0.0)) / 3000 == Approx(2.0 / 3).margin(0.03));
  CHECK(std::ranges::count(distances, 0.0) + std::ranges::count(distances, 1.0) == 3000);
  // Of three values one is a half: |0 - 1/2| ... its distance to the other two, sqrt((a^2 + b^2) / 2).
  for (const double distance : split_half_distances(Numbers{0, 1, 1}, Rng(1, Purpose::split_halves, 0, 0), 20))
    CHECK((distance == 1 || distance == Approx(std::sqrt(0.5))));
}
