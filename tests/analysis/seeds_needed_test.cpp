#include "seedscape/analysis/seeds_needed.h"

#include <algorithm>
#include <cmath>

#include "seedscape/analysis/distribution.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

Rng stream(std::uint32_t row) { return Rng(3, Purpose::seeds_needed, 7, row); }

/// A seed fails with probability 0.6 and then scores up to 0.3; else it scores around 0.62.
double two_groups(Rng& rng) { return rng.uniform() < 0.6 ? 0.3 * rng.uniform() : 0.62 + 0.12 * rng.normal(); }

Numbers many(double (*draw)(Rng&), int n, std::uint32_t row) {
  Rng rng = stream(row);
  Numbers sample;
  for (int i = 0; i < n; ++i) sample.push_back(draw(rng));
  std::ranges::sort(sample);
  return sample;
}

}  // namespace

TEST_CASE("seeds needed: two modes are seen with as many seeds as an independent simulation says", "[analysis]") {
  DipNulls nulls(0, 500);
  const PowerCurve curve = seeds_for_two_modes(many(two_groups, 3000, 0), {}, stream(1), 400, nulls);
  REQUIRE(curve.needed);
  CHECK(*curve.needed > 16);
  // Fresh seeds from the distribution itself instead of the sample.
  Rng rng = stream(2);
  constexpr int kSweeps = 400;
  const auto power = [&](std::int64_t n) {
    int found = 0;
    for (int i = 0; i < kSweeps; ++i) {
      Numbers sample;
      for (std::int64_t k = 0; k < n; ++k) sample.push_back(two_groups(rng));
      std::ranges::sort(sample);
      found += dip_test(sample, {}, nulls).p < 0.05;
    }
    return found / static_cast<double>(kSweeps);
  };
  CHECK(power(*curve.needed) == Approx(0.8).margin(0.08));
  for (std::size_t i = 0; i < curve.seeds.size(); ++i)
    CHECK(power(curve.seeds[i]) == Approx(curve.power[i]).margin(0.09));
}

TEST_CASE("seeds needed: one mode is never seen as two, so no number of seeds is enough", "[analysis]") {
  DipNulls nulls(0, 200);
  const PowerCurve curve =
      seeds_for_two_modes(many([](Rng& rng) { return rng.normal(); }, 400, 4), {}, stream(1), 60, nulls);
  CHECK_FALSE(curve.needed);
  CHECK(curve.seeds.back() == kMostSeeds);
}

TEST_CASE("seeds needed: on a lattice the drawn scores stay on it", "[analysis]") {
  DipNulls nulls(0, 200);
  Numbers sample(60, 0.0);
  sample.resize(80, 1.0 / 91);
  sample.resize(100, 80.0 / 91);
  const PowerCurve curve = seeds_for_two_modes(sample, 91, stream(1), 200, nulls);
  REQUIRE(curve.needed);
  CHECK(*curve.needed < 64);
}

TEST_CASE("seeds needed: a share of one half takes the textbook numbers, a sure one fewer", "[analysis]") {
  // Half width z / (2 sqrt(n + z^2)) at one half: n = (z / 2 w)^2 - z^2 = 384.15 - 3.84 for w = 0.05.
  CHECK(seeds_for_share(0.5, 0.05, 0.95) == 381);
  CHECK(seeds_for_share(0.5, 0.1, 0.95) == 93);
  CHECK(seeds_for_share(0.5, 0.2, 0.95) == 21);
  CHECK(seeds_for_share(0, 0.1, 0.95) == 16);  // z^2 / (2 (n + z^2)) = 0.1: n = 4 z^2
}

TEST_CASE("seeds needed: with that many seeds an independent simulation covers the share", "[analysis]") {
  const double truth = 0.3;
  const std::int64_t n = seeds_for_share(truth, 0.1, 0.95);
  Rng rng = stream(5);
  constexpr int kSweeps = 4000;
  int within = 0;
  for (int i = 0; i < kSweeps; ++i) {
    int successes = 0;
    for (std::int64_t k = 0; k < n; ++k) successes += rng.uniform() < truth;
    within += std::abs(static_cast<double>(successes) / static_cast<double>(n) - truth) <= 0.1;
  }
  CHECK(within / static_cast<double>(kSweeps) == Approx(0.95).margin(0.02));
}

TEST_CASE("seeds needed: two scales are ranked right as often as an independent simulation says", "[analysis]") {
  const auto low = [](Rng& rng) { return rng.uniform() < 0.4 ? 1.0 : 0.0; };
  const auto high = [](Rng& rng) { return rng.uniform() < 0.6 ? 1.0 : 0.0; };
  Numbers a(600, 0.0), b(400, 0.0);
  a.resize(1000, 1.0);
  b.resize(1000, 1.0);
  const auto needed = seeds_to_rank(a, b, stream(6), stream(7), 2000);
  REQUIRE(needed);
  CHECK(seeds_to_rank(b, a, stream(7), stream(6), 2000) == needed);
  // The normal limit: difference 0.2, variance 0.48 / n, 1.2816 deviations: n = 0.48 (1.2816 / 0.2)^2 = 19.7.
  CHECK(*needed >= 15);
  CHECK(*needed <= 25);
  Rng rng = stream(8);
  constexpr int kSweeps = 4000;
  double right = 0;
  for (int i = 0; i < kSweeps; ++i) {
    double difference = 0;
    for (std::int64_t k = 0; k < *needed; ++k) difference += high(rng) - low(rng);
    right += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
  }
  CHECK(right / kSweeps == Approx(0.9).margin(0.02));
}

TEST_CASE("seeds needed: scales with equal means, or too little apart, cannot be ranked", "[analysis]") {
  CHECK_FALSE(seeds_to_rank(Numbers{0, 1}, Numbers{0.5, 0.5}, stream(1), stream(2), 100));
  Numbers a(500, 0.0), b(499, 0.0);
  a.resize(1000, 1.0);
  b.resize(1000, 1.0);
  CHECK_FALSE(seeds_to_rank(a, b, stream(1), stream(2), 200));
  CHECK(seeds_to_rank(Numbers{0, 0}, Numbers{1, 1}, stream(1), stream(2), 100) == 1);
}
