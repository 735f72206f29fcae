#include "seedscape/analysis/wasserstein.h"

#include <cmath>
#include <vector>

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

TEST_CASE("wasserstein: equal sizes give the root mean square of sorted differences", "[analysis]") {
  CHECK(wasserstein2(Numbers{0, 0, 1}, Numbers{0, 0.5, 1}) == Approx(std::sqrt(0.25 / 3)));
}

TEST_CASE("wasserstein: unequal sizes split the mass at the merged breakpoints", "[analysis]") {
  // Quantiles on (0, 1/3), (1/3, 1/2), (1/2, 2/3), (2/3, 1): gaps 0-0, 3-0, 3-6, 6-6.
  CHECK(wasserstein2(Numbers{0, 3, 6}, Numbers{0, 6}) == Approx(std::sqrt(9.0 / 3)));
}

TEST_CASE("wasserstein: a distance is the same from both sides", "[analysis]") {
  const Numbers a{0.1, 0.2, 0.2, 0.9, 1}, b{0, 0.4, 0.7};
  CHECK(wasserstein2(a, b) == Approx(wasserstein2(b, a)).epsilon(1e-15));
}

TEST_CASE("wasserstein: repeating every value of a sample changes nothing", "[analysis]") {
  const Numbers once{0.1, 0.4, 0.6}, twice{0.1, 0.1, 0.4, 0.4, 0.6, 0.6};
  CHECK(wasserstein2(once, twice) == 0);
  CHECK(wasserstein2(once, Numbers{0, 1}) == Approx(wasserstein2(twice, Numbers{0, 1})));
}

TEST_CASE("wasserstein: moving a sample moves it by exactly that distance", "[analysis]") {
  CHECK(wasserstein2(Numbers{0, 1, 5}, Numbers{2, 3, 7}) == 2);
  CHECK(wasserstein2(Numbers(7, 1.5), Numbers(3, -1.0)) == 2.5);
}

TEST_CASE("wasserstein: the terms for two sizes serve every pair of samples of these sizes", "[analysis]") {
  const QuantilePairs pairs(3, 4);
  // Breakpoints 1/4, 1/3, 1/2, 2/3, 3/4 in twelfths: masses 3 1 2 2 1 3 for the pairs 00 01 11 12 22 23.
  const Numbers a{0, 1, 3}, b{0, 0.5, 2, 2};
  const double squares = 3 * 0 + 1 * 0.25 + 2 * 0.25 + 2 * 1 + 1 * 1 + 3 * 1;
  CHECK(pairs.distance(a, b) == Approx(std::sqrt(squares / 12)).epsilon(1e-15));
  CHECK(pairs.distance(Numbers(3, 2.0), Numbers(4, 2.0)) == 0);
}
