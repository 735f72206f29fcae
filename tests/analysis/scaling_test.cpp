#include "seedscape/analysis/scaling.h"

#include <cmath>
#include <limits>
#include <vector>

#include "seedscape/base/error.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}

TEST_CASE("scaling: improvement is the range, negative when the curve falls", "[analysis]") {
  CHECK(improvement(Numbers{0.25, 0.5, 1}) == 0.75);
  CHECK(improvement(Numbers{1, 0.5, 0.25}) == -0.75);
  CHECK(improvement(Numbers{0.5, 0.5}) == 0);
  CHECK(improvement(Numbers{0.5}) == 0);
}

TEST_CASE("scaling: the first of equal extremes decides the sign of the improvement", "[analysis]") {
  CHECK(improvement(Numbers{0, 1, 0}) == 1);   // the last minimum would make it fall
  CHECK(improvement(Numbers{1, 0, 1}) == -1);  // the last maximum would make it rise
}

TEST_CASE("scaling: a straight line has breakthroughness and linearity m - 1", "[analysis]") {
  const Numbers line{0, 0.25, 0.5, 0.75, 1};
  CHECK(breakthroughness(line) == 4);
  CHECK(linearity(line) == 4);
}

TEST_CASE("scaling: both divide by steps, one by the median of their squares, one by the mean", "[analysis]") {
  const Numbers y{0, 1, 3, 7};  // squared steps 1, 4, 16
  CHECK(breakthroughness(y) == Approx(7 / 2.0));
  CHECK(linearity(y) == Approx(7 / std::sqrt(7)));
}

TEST_CASE("scaling: an even number of steps takes the mean of the middle squares", "[analysis]") {
  CHECK(breakthroughness(Numbers{0, 1, 4}) == Approx(4 / std::sqrt(5)));  // squares 1 and 9
}

TEST_CASE("scaling: a single jump among four scales is infinitely emergent, with its sign", "[analysis]") {
  CHECK(breakthroughness(Numbers{0, 0, 1, 1}) == kInfinity);
  CHECK(breakthroughness(Numbers{1, 1, 1, 0}) == -kInfinity);
  CHECK(linearity(Numbers{0, 0, 1, 1}) == Approx(std::sqrt(3)));
}

TEST_CASE("scaling: a flat curve is 0 in both, not 0 / 0", "[analysis]") {
  CHECK(breakthroughness(Numbers(4, 0.5)) == 0);
  CHECK(linearity(Numbers(4, 0.5)) == 0);
}

TEST_CASE("scaling: two scales have no shape", "[analysis]") {
  CHECK_THROWS_AS(breakthroughness(Numbers{0, 1}), Error);
  CHECK_THROWS_AS(linearity(Numbers{0, 1}), Error);
}

TEST_CASE("scaling: clipping makes every value finite and non-negative", "[analysis]") {
  CHECK(clip_100(kInfinity) == 100);
  CHECK(clip_100(-kInfinity) == 0);
  CHECK(clip_100(-2) == 0);
  CHECK(clip_100(7.5) == 7.5);
}
