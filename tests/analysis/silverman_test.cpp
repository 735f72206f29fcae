#include "seedscape/analysis/silverman.h"

#include <algorithm>
#include <vector>

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

Rng stream(std::uint32_t row) { return Rng(5, Purpose::smoothed_resampling, 0, row); }

/// n normal values around `mean`, those of stream `row`.
void add_normal(Numbers& sample, double mean, double deviation, int n, std::uint32_t row) {
  Rng rng(11, Purpose::smoothed_resampling, 1, row);
  for (int i = 0; i < n; ++i) sample.push_back(mean + deviation * rng.normal());
  std::ranges::sort(sample);
}

}  // namespace

TEST_CASE("silverman: two values merge into one peak at half their distance", "[analysis]") {
  // The sum of two equal normal densities has one peak as soon as the bandwidth is half of what separates them.
  CHECK(critical_bandwidth(Numbers{0, 1}) == Approx(0.5).epsilon(0.01));
  CHECK(critical_bandwidth(Numbers{3, 3, 5, 5}) == Approx(1.0).epsilon(0.01));
}

TEST_CASE("silverman: a constant sample needs no smoothing and is no evidence", "[analysis]") {
  CHECK(critical_bandwidth(Numbers(4, 0.5)) == 0);
  CHECK(silverman_test(Numbers(4, 0.5), {}, stream(0), 50).p == 1);
}

TEST_CASE("silverman: two groups are told from one, and p counts the sample itself", "[analysis]") {
  Numbers one, two;
  add_normal(one, 0.5, 0.1, 100, 0);
  add_normal(two, 0.2, 0.08, 60, 1);
  add_normal(two, 0.8, 0.08, 60, 2);
  CHECK(silverman_test(one, {}, stream(0), 99).p > 0.1);
  CHECK(silverman_test(two, {}, stream(0), 99).p == 0.01);
}

TEST_CASE("silverman: on a coarse lattice the resamples lie on it too, so its steps are no modes", "[analysis]") {
  Numbers sample;
  for (int i = 0; i < 60; ++i) sample.push_back(0);
  for (int i = 0; i < 30; ++i) sample.push_back(1.0 / 91);
  for (int i = 0; i < 10; ++i) sample.push_back(2.0 / 91);
  CHECK(silverman_test(sample, 91, stream(0), 99).p > 0.1);
}

TEST_CASE("silverman: the same draws give the same p, others another", "[analysis]") {
  Numbers sample;
  add_normal(sample, 0.5, 0.1, 40, 3);
  const double p = silverman_test(sample, {}, stream(0), 200).p;
  CHECK(p == silverman_test(sample, {}, stream(0), 200).p);
  CHECK(p != silverman_test(sample, {}, stream(1), 200).p);
}
