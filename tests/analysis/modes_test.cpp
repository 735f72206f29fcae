#include "seedscape/analysis/modes.h"

#include <algorithm>
#include <cmath>

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// `count` values within 0.02 of `centre`.
void add_group(Numbers& sample, double centre, int count) {
  for (int i = 0; i < count; ++i) sample.push_back(centre + 0.04 * (i + 0.5) / count - 0.02);
  std::ranges::sort(sample);
}

}  // namespace

TEST_CASE("modes: two groups are two peaks with their shares and a valley between them", "[analysis]") {
  Numbers sample;
  add_group(sample, 0.2, 30);
  add_group(sample, 0.8, 10);
  const Modes modes = find_modes(sample);
  REQUIRE(modes.peaks.size() == 2);
  CHECK(modes.peaks[0].at == Approx(0.2).margin(0.02));
  CHECK(modes.peaks[1].at == Approx(0.8).margin(0.02));
  CHECK(modes.peaks[0].share == 0.75);
  CHECK(modes.peaks[1].share == 0.25);
  CHECK(modes.peaks[0].height > modes.peaks[1].height);
  CHECK(*modes.antimode > 0.4);
  CHECK(*modes.antimode < 0.7);
}

TEST_CASE("modes: a peak of less than a twentieth of the sample is none", "[analysis]") {
  Numbers sample;
  add_group(sample, 0.2, 97);
  add_group(sample, 0.8, 3);
  const Modes modes = find_modes(sample);
  REQUIRE(modes.peaks.size() == 1);
  CHECK(modes.peaks[0].share == 1);
  CHECK_FALSE(modes.antimode);
}

TEST_CASE("modes: the antimode lies between the two largest of three groups, whichever they are", "[analysis]") {
  Numbers sample;
  add_group(sample, 0, 10);
  add_group(sample, 0.5, 40);
  add_group(sample, 1, 30);
  const Modes right = find_modes(sample);
  REQUIRE(right.peaks.size() == 3);
  CHECK(*right.antimode > 0.5);
  add_group(sample, 0, 50);
  CHECK(*find_modes(sample).antimode < 0.5);
}

TEST_CASE("modes: a constant sample has one of infinite height", "[analysis]") {
  const Modes modes = find_modes(Numbers(4, 0.25));
  REQUIRE(modes.peaks.size() == 1);
  CHECK(modes.peaks[0].at == 0.25);
  CHECK(std::isinf(modes.peaks[0].height));
  CHECK(modes.peaks[0].share == 1);
}

TEST_CASE("bimodality coefficient: the value of a hand calculation, nothing for a constant or tiny sample",
          "[analysis]") {
  // 0 0 1 1: skewness 0; m4 / m2^2 = 1, so g2 = 3/2 (5 (-2) + 6) = -6, and 3 9 / 2 = 13.5.
  CHECK(*bimodality_coefficient(Numbers{0, 0, 1, 1}) == Approx(1 / 7.5));
  CHECK_FALSE(bimodality_coefficient(Numbers{0, 1, 2}));
  CHECK_FALSE(bimodality_coefficient(Numbers(8, 0.5)));
}
