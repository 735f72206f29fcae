#include "seedscape/analysis/chance.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// The transpose: scores [scales][curves] of curves [curves][scales].
std::vector<Numbers> by_scale(const std::vector<Numbers>& curves) {
  std::vector<Numbers> scores(curves[0].size());
  for (const Numbers& curve : curves) {
    for (std::size_t s = 0; s < curve.size(); ++s) scores[s].push_back(curve[s]);
  }
  return scores;
}

ChanceOfCurves chance_of(const std::vector<Numbers>& curves, std::int64_t permutations = 500, std::uint64_t seed = 1) {
  std::vector<Rng> streams;
  for (std::uint32_t s = 0; s < curves[0].size(); ++s) streams.emplace_back(seed, Purpose::permutation, 0, s);
  return chance_of_curves(by_scale(curves), streams, permutations, 10);
}

std::vector<std::size_t> names(const std::vector<ExtremeCurve>& extremes) {
  std::vector<std::size_t> curves;
  for (const ExtremeCurve& extreme : extremes) curves.push_back(extreme.curve);
  return curves;
}

/// Curves whose scores have nothing to do with each other.
std::vector<Numbers> random_curves(std::size_t count, std::uint32_t row) {
  Rng rng(2, Purpose::permutation, 99, row);
  std::vector<Numbers> curves(count, Numbers(5));
  for (Numbers& curve : curves) {
    for (double& score : curve) score = rng.uniform();
  }
  return curves;
}

}  // namespace

TEST_CASE("chance: curves rank by value, then improvement, then largest rise, then lower index", "[analysis]") {
  const std::vector<Numbers> curves{
      {0, 0, 0, 0.5},        // 0: B infinite, I 0.5
      {0, 0, 0, 1},          // 1: B infinite, I 1, rise 1
      {0, 0, 0, 1},          // 2: the same
      {0.2, 0.2, 0.2, 0.2},  // 3: flat
      {1, 0, 0, 0},          // 4: minus infinity
      {0, 1.0 / 3, 2.0 / 3, 1},
      {1, 1, 0, 1},  // 6: I = -1 (the first maximum comes first), B = -1 / sqrt(median(0, 1, 1)) = -1
  };
  const ChanceOfCurves chance = chance_of(curves);
  CHECK(names(chance.breakthroughness.top) == std::vector<std::size_t>{1, 2, 0, 5, 3});
  CHECK(names(chance.breakthroughness.bottom) == std::vector<std::size_t>{4, 6, 3, 5, 0});
  CHECK(chance.breakthroughness.top[0].value == std::numeric_limits<double>::infinity());
  CHECK(names(chance.linearity.top)[0] == 5);
  CHECK(chance.linearity.top[0].value == Approx(3));
}

TEST_CASE("chance: every curve is counted once, and the expected counts sum to as many", "[analysis]") {
  const ChanceOfShape chance = chance_of(random_curves(30, 0)).breakthroughness;
  REQUIRE(chance.edges.size() == 11);
  CHECK(chance.edges.front() == 0);
  CHECK(std::accumulate(chance.observed.begin(), chance.observed.end(), std::int64_t{0}) == 30);
  CHECK(std::accumulate(chance.expected.begin(), chance.expected.end(), 0.0) == Approx(30));
}

TEST_CASE("chance: seeds that keep their rank across scales give straighter curves than shuffled ones", "[analysis]") {
  std::vector<Numbers> curves;
  for (int k = 0; k < 40; ++k) {
    const double offset = k % 4 * 2;  // groups far apart: a shuffled curve jumps between them
    curves.push_back({offset, offset + 0.1, offset + 0.2 + 0.001 * k, offset + 0.3, offset + 0.4});
  }
  const ChanceOfShape chance = chance_of(curves).linearity;
  CHECK(chance.top[0].p < 0.01);
  CHECK(chance.top[4].p == Approx(1.0 / 501));
  CHECK(chance.bottom[0].p == 1);  // shuffled ones jump down
}

TEST_CASE("chance: of sweeps without any connection between scales a tenth has an extreme below p = 0.1",
          "[analysis]") {
  int top = 0, bottom = 0;
  constexpr int kSweeps = 200;
  for (std::uint32_t i = 0; i < kSweeps; ++i) {
    const ChanceOfShape chance = chance_of(random_curves(12, i), 99, i).linearity;
    top += chance.top[0].p <= 0.1;
    bottom += chance.bottom[0].p <= 0.1;
  }
  CHECK(top / static_cast<double>(kSweeps) == Approx(0.1).margin(0.06));
  CHECK(bottom / static_cast<double>(kSweeps) == Approx(0.1).margin(0.06));
}

TEST_CASE("chance: where all seeds are alike nothing is unlikely", "[analysis]") {
  const ChanceOfCurves chance = chance_of(std::vector<Numbers>(3, Numbers{0, 0.5, 0.6, 1}));
  CHECK(chance.breakthroughness.top.size() == 3);
  for (const ExtremeCurve& extreme : chance.breakthroughness.top) CHECK(extreme.p == 1);
  for (const ExtremeCurve& extreme : chance.linearity.bottom) CHECK(extreme.p == 1);
}
