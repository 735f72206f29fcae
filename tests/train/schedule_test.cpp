#include "seedscape/train/schedule.h"

#include "support/test.h"

using namespace seedscape;

TEST_CASE("schedule: rises in a line from 0, then falls along half a cosine to 0", "[train]") {
  CHECK(rate_factor(0, 500, 10000) == 0.0);
  CHECK(rate_factor(250, 500, 10000) == 0.5);
  CHECK(rate_factor(500, 500, 10000) == 1.0);
  CHECK(rate_factor(500 + 4750, 500, 10000) == Approx(0.5));
  CHECK(rate_factor(500 + 9500 / 4, 500, 10000) == Approx(0.5 * (1 + 0.70710678118654752)));
  CHECK(rate_factor(10000, 500, 10000) == Approx(0.0).margin(1e-16));
}

TEST_CASE("schedule: without warmup the first update has the full rate", "[train]") {
  CHECK(rate_factor(0, 0, 100) == 1.0);
  CHECK(rate_factor(1, 0, 100) < 1.0);
}

TEST_CASE("schedule: a warmup longer than the run only rises", "[train]") {
  CHECK(rate_factor(9, 100, 10) == Approx(0.09));
  CHECK(rate_factor(100, 100, 10) == 1.0);  // never reached; the denominator is at least 1
}
