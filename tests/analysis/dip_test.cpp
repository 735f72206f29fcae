#include "seedscape/analysis/dip.h"

#include <algorithm>
#include <cmath>

#include "seedscape/base/rng.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// counts[i] scores at point i of a lattice of `steps`.
Numbers at_points(const std::vector<int>& counts, int steps) {
  Numbers sample;
  for (std::size_t i = 0; i < counts.size(); ++i)
    sample.insert(sample.end(), static_cast<std::size_t>(counts[i]), static_cast<double>(i) / steps);
  return sample;
}

/// Share of samples of n for which the dip test has p < 0.05.
template <class Draw>
double rejected(std::size_t n, std::optional<std::int64_t> steps, const Draw& draw) {
  DipNulls nulls(0, 400);
  Rng rng(7, Purpose::dip_null, 0xFFFFFFFF, 1);
  constexpr int kSamples = 300;
  int rejections = 0;
  for (int i = 0; i < kSamples; ++i) {
    Numbers sample(n);
    for (double& score : sample) score = draw(rng);
    std::ranges::sort(sample);
    if (dip_test(sample, steps, nulls).p < 0.05) ++rejections;
  }
  return static_cast<double>(rejections) / kSamples;
}

}  // namespace

TEST_CASE("dip: equally spaced values have the least dip that n different values can have", "[analysis]") {
  CHECK(dip(Numbers{0, 1}) == 0.25);
  CHECK(dip(Numbers{0, 0.25, 0.5, 0.75}) == 0.125);
}

TEST_CASE("dip: a constant sample has dip 0, two equal halves have dip 1/4", "[analysis]") {
  CHECK(dip(Numbers{0.3}) == 0);
  CHECK(dip(Numbers(9, 0.3)) == 0);
  CHECK(dip(at_points({5, 5}, 1)) == 0.25);
}

TEST_CASE("dip: a smaller group beside a larger one raises the dip to half its share", "[analysis]") {
  // The mode sits at the larger group, where G may jump; at the smaller one it must pass through the middle of the
  // jump.
  CHECK(dip(at_points({3, 1}, 1)) == 0.125);
  CHECK(dip(at_points({1, 9}, 1)) == 0.05);
}

TEST_CASE("dip: it does not change when the scores are shifted or mirrored", "[analysis]") {
  const Numbers sample{0, 0.125, 0.125, 0.25, 0.75, 0.875, 1}, shifted{2, 2.125, 2.125, 2.25, 2.75, 2.875, 3},
      mirrored{0, 0.125, 0.25, 0.75, 0.875, 0.875, 1};
  CHECK(dip(sample) == Approx(dip(shifted)).epsilon(1e-12));
  CHECK(dip(sample) == Approx(dip(mirrored)).epsilon(1e-12));
}

TEST_CASE("dip on a lattice: counts that rise to one point and fall after it have dip 0", "[analysis]") {
  CHECK(dip_on_lattice(at_points({1, 3, 7, 4, 4, 1}, 10), 10) == Approx(0).margin(1e-12));
  CHECK(dip_on_lattice(at_points({70, 20, 10}, 91), 91) == Approx(0).margin(1e-12));
  CHECK(dip(at_points({70, 20, 10}, 91)) > 0.09);  // jumps alone: half of the 20 %
}

TEST_CASE("dip on a lattice: a point left out between two halves costs an eighth", "[analysis]") {
  // F rises by 1/2 over cell 0 and over cell 2. The greatest convex function below it, from (0, 0) to (2, 1/2), is 1/4
  // away at the end of cell 0; raised by 1/8 it is 1/8 away on both sides.
  CHECK(dip_on_lattice(at_points({4, 0, 4}, 2), 2) == Approx(0.125));
}

TEST_CASE("lattice: shares of m problems are found out, whatever their order", "[analysis]") {
  CHECK(find_lattice(Numbers{0, 37.0 / 91, 90.0 / 91, 1}) == 91);
  CHECK(find_lattice(Numbers{1, 3.0 / 91, 2.0 / 7, 0.5}) == 182);
  CHECK(find_lattice(Numbers{0.25, 0.1, 0.35}) == 20);
  CHECK(find_lattice(Numbers{1.0 / 64000, 63999.0 / 64000, 0.5}) == 64000);
}

TEST_CASE("lattice: too few different values, losses and any real numbers have none", "[analysis]") {
  CHECK_FALSE(find_lattice(Numbers{0, 1, 0, 1}));
  CHECK_FALSE(find_lattice(Numbers{0, 1, 2}));
  CHECK_FALSE(find_lattice(Numbers{0.1234567890123, 0.5, std::sqrt(0.5)}));
  CHECK_FALSE(find_lattice(Numbers{1.0 / 99991, 1.0 / 3, 0.5}));  // finer than kFinestLattice
}

TEST_CASE("dip test: p counts the null samples with such a dip, and the sample itself", "[analysis]") {
  DipNulls nulls(3, 99);
  CHECK(nulls.p(0, 10, 0) == 1);
  CHECK(nulls.p(0.25, 10, 0) == 0.01);
  CHECK(nulls.p(0.07, 10, 0) > 0.01);
  CHECK(nulls.p(0.07, 10, 0) < 1);
}

TEST_CASE("dip test: the null is the same whatever was asked before, and another for another seed", "[analysis]") {
  DipNulls fresh(3, 99), used(3, 99), other(4, 99);
  used.p(0.1, 12, 0);
  used.p(0.1, 10, 30);
  CHECK(used.p(0.07, 10, 0) == fresh.p(0.07, 10, 0));
  CHECK(other.p(0.07, 10, 0) != fresh.p(0.07, 10, 0));
}

TEST_CASE("dip test: false alarms are as many as the level says for uniform scores, fewer for a peak", "[analysis]") {
  const auto uniform = [](Rng& rng) { return rng.uniform(); };
  const auto uniform_on_lattice = [](Rng& rng) { return static_cast<double>(rng.below(22)) / 21; };
  CHECK(rejected(60, {}, uniform) == Approx(0.05).margin(0.04));
  CHECK(rejected(60, 21, uniform_on_lattice) == Approx(0.05).margin(0.04));
  CHECK(rejected(60, {}, [](Rng& rng) { return rng.normal(); }) < 0.03);
}

TEST_CASE("dip test: scores at 0 with a few just above are no second mode", "[analysis]") {
  const auto failing = [](Rng& rng) {
    const double u = rng.uniform();
    return u < 0.6 ? 0 : u < 0.85 ? 1.0 / 91 : static_cast<double>(rng.below(92)) / 91;
  };
  CHECK(rejected(100, 91, failing) < 0.05);
  CHECK(rejected(100, {}, failing) > 0.9);  // as the dip itself would have it: jumps of 25 %
}

TEST_CASE("dip test: two groups that do not touch are found", "[analysis]") {
  const auto two = [](Rng& rng) { return (rng.uniform() < 0.3 ? 0 : 60 + static_cast<double>(rng.below(30))) / 91; };
  CHECK(rejected(60, 91, two) > 0.95);
}
