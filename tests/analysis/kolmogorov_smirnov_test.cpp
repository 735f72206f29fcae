#include "seedscape/analysis/kolmogorov_smirnov.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/analysis/distribution.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

/// What scripts/golden/compare.py computed with SciPy and statsmodels.
nlohmann::json golden() {
  return nlohmann::json::parse(std::ifstream(SEEDSCAPE_SOURCE_DIR "/tests/golden/compare.json"));
}

Numbers sorted(Numbers values) {
  std::ranges::sort(values);
  return values;
}

}  // namespace

TEST_CASE("kolmogorov_smirnov: p counts the orders of the values that lie as far apart", "[analysis]") {
  // Two and two values have six orders; only aabb and bbaa reach D = 1, and abab and baba alone stay at 1/2.
  const KolmogorovSmirnov apart = kolmogorov_smirnov(Numbers{1, 2}, Numbers{3, 4});
  CHECK(apart.statistic == 1);
  CHECK(apart.p == Approx(2.0 / 6).epsilon(1e-14));
  const KolmogorovSmirnov mixed = kolmogorov_smirnov(Numbers{1, 3}, Numbers{2, 4});
  CHECK(mixed.statistic == 0.5);
  CHECK(mixed.p == 1);
  // One among three: at either end D = 1 (2 of 4 orders), inside D = 2/3.
  CHECK(kolmogorov_smirnov(Numbers{0}, Numbers{1, 2, 3}).p == Approx(0.5).epsilon(1e-14));
  CHECK(kolmogorov_smirnov(Numbers{1, 2, 3}, Numbers{1.5}).statistic == Approx(2.0 / 3).epsilon(1e-14));
}

TEST_CASE("kolmogorov_smirnov: ties count together, so equal samples have no distance", "[analysis]") {
  const KolmogorovSmirnov same = kolmogorov_smirnov(Numbers{0, 0, 0.5, 1}, Numbers{0, 0, 0.5, 1});
  CHECK(same.statistic == 0);
  CHECK(same.p == 1);
  // At 0 the functions stand at 2/4 and 1/4; within the tie they would be further apart.
  CHECK(kolmogorov_smirnov(Numbers{0, 0, 1, 1}, Numbers{0, 1, 1, 1}).statistic == 0.25);
}

TEST_CASE("kolmogorov_smirnov: the sides may be swapped", "[analysis]") {
  const Numbers a{0.1, 0.2, 0.2, 0.9, 1.5}, b{0.2, 0.3, 0.4};
  CHECK(kolmogorov_smirnov(a, b).statistic == kolmogorov_smirnov(b, a).statistic);
  CHECK(kolmogorov_smirnov(a, b).p == Approx(kolmogorov_smirnov(b, a).p).epsilon(1e-14));
}

TEST_CASE("kolmogorov_smirnov: statistic and exact p agree with SciPy, ties or not", "[analysis][golden]") {
  const auto cases = golden()["distances"];
  REQUIRE(cases.size() == 11);
  for (const auto& expected : cases) {
    INFO(expected["name"]);
    const KolmogorovSmirnov test = kolmogorov_smirnov(sorted(expected["a"]), sorted(expected["b"]));
    CHECK(test.is_exact);
    CHECK(test.statistic == Approx(expected["statistic"].get<double>()).epsilon(1e-12));
    CHECK(test.p == Approx(expected["p"].get<double>()).epsilon(1e-9));
  }
}

TEST_CASE("kolmogorov_smirnov: samples too large to count get Kolmogorov's limit", "[analysis][golden]") {
  const auto cases = golden()["limits"];
  REQUIRE(cases.size() == 7);
  for (const auto& expected : cases) {
    INFO(expected["shift"]);
    Numbers a, b;
    for (int i = 0; i < 20000; ++i) a.push_back(i);
    for (int i = 0; i < 9000; ++i) b.push_back(i * 20.0 / 9 + expected["shift"].get<double>());
    const KolmogorovSmirnov test = kolmogorov_smirnov(a, b);
    CHECK_FALSE(test.is_exact);
    CHECK(test.statistic == Approx(expected["statistic"].get<double>()).epsilon(1e-9));
    CHECK(test.p == Approx(expected["p"].get<double>()).epsilon(1e-9));
  }
}

TEST_CASE("distribution: Newcombe's interval agrees with statsmodels", "[analysis][golden]") {
  const auto cases = golden()["differences"];
  REQUIRE(cases.size() == 14);
  for (const auto& expected : cases) {
    INFO(expected.dump());
    const auto &a = expected["a"], &b = expected["b"];
    const Interval interval = newcombe_interval(a[0], a[1], b[0], b[1], expected["level"]);
    CHECK(interval.low == Approx(expected["low"].get<double>()).margin(1e-9));
    CHECK(interval.high == Approx(expected["high"].get<double>()).margin(1e-9));
  }
}
