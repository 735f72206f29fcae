#include "seedscape/analysis/multiple_tests.h"

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

TEST_CASE("benjamini_hochberg: each p grows by N over its rank, and never above a larger one's", "[analysis]") {
  const Numbers adjusted = benjamini_hochberg(Numbers{0.04, 0.01, 0.03, 0.9});
  CHECK(adjusted[0] == Approx(0.04 * 4 / 3));
  CHECK(adjusted[1] == Approx(0.04));
  CHECK(adjusted[2] == Approx(0.04 * 4 / 3));  // 0.03 4 / 2 is more than the next one's
  CHECK(adjusted[3] == 0.9);
}

TEST_CASE("benjamini_hochberg: one test stays as it is, none is none, and nothing exceeds 1", "[analysis]") {
  CHECK(benjamini_hochberg(Numbers{0.2}) == Numbers{0.2});
  CHECK(benjamini_hochberg(Numbers{}).empty());
  CHECK(benjamini_hochberg(Numbers{1, 0.8}) == Numbers{1, 1});
}
