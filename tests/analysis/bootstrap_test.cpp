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
  const auto words = resamples.words(3);
  Rng rng(9, Purpose::resampling, 2, 5);
  REQUIRE(words.size() == 6);
  for (const std::uint32_t word : words) CHECK(word == rng.bits());
  CHECK(Resamples::position(0xFFFFFFFF, 3) == 2);
  CHECK(Resamples::position(0x55555556, 3) == 1);
  CHECK(Resamples::position(0x55555555, 3) == 0);
}

TEST_CASE("bootstrap: ascending positions are the drawn ones, resample by resample", "[analysis]") {
  Resamples resamples(0, 0, 0, 20);
  for (const std::size_t n : {5u, 8u, 5u}) {
    const auto words = resamples.words(n);
    std::vector<std::uint32_t> expected;
    for (const std::uint32_t word : words) expected.push_back(static_cast<std::uint32_t>(Resamples::position(word, n)));
    for (std::size_t r = 0; r < 20; ++r) {
      const auto row = expected.begin() + static_cast<std::ptrdiff_t>(r * n);
      std::sort(row, row + static_cast<std::ptrdiff_t>(n));
    }
    const auto positions = resamples.ascending_positions(n);
    CHECK(std::equal(positions.begin(), positions.end(), expected.begin(), expected.end()));
  }
}

TEST_CASE("bootstrap: the interval of a distance resamples both sides", "[analysis]") {
  const Numbers spread = even_sample(60), constant(45, 2.0);
  const auto interval_of = [](const Numbers& a, const Numbers& b) {
    Resamples left(0, 0, 0, 500), right(0, 0, 1, 500);
    return wasserstein2_interval(a, left, b, right, 0.95);
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
