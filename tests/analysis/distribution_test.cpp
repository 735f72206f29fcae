#include "seedscape/analysis/distribution.h"

#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;
using Counts = std::vector<std::int64_t>;

TEST_CASE("distribution: the mean of a constant sample is that constant, to the last bit", "[analysis]") {
  CHECK(mean(Numbers(10, 0.1)) == 0.1);  // ten times 0.1 summed up is 0.9999999999999999
  CHECK(mean(Numbers{1, 2, 6}) == 3);
}

TEST_CASE("distribution: quantiles interpolate between neighbours in rank", "[analysis]") {
  const Numbers sorted{10, 20, 40, 80};
  CHECK(quantile(sorted, 0) == 10);
  CHECK(quantile(sorted, 1) == 80);
  CHECK(quantile(sorted, 0.25) == Approx(17.5));  // index 0.75
  CHECK(quantile(sorted, 0.9) == Approx(68));     // index 2.7
  CHECK(quantile(Numbers{7}, 0.3) == 7);
}

TEST_CASE("distribution: the median is the middle value or the mean of the middle two", "[analysis]") {
  CHECK(median(Numbers{1, 5, 100}) == 5);
  CHECK(median(Numbers{1, 5, 6, 100}) == 5.5);
}

TEST_CASE("distribution: unit edges are the doubles nearest to i / bins", "[analysis]") {
  const Numbers edges = unit_edges(20);
  REQUIRE(edges.size() == 21);
  CHECK(edges[0] == 0);
  CHECK(edges[3] == 0.15);  // 3 * 0.05 would be 0.15000000000000002
  CHECK(edges[12] == 0.6);  // 12 * 0.05 would be 0.6000000000000001
  CHECK(edges[20] == 1);
}

TEST_CASE("distribution: edges between two values end exactly at the larger one", "[analysis]") {
  const Numbers edges = edges_between(-1, 0.1, 3);
  REQUIRE(edges.size() == 4);
  CHECK(edges.front() == -1);
  CHECK(edges[1] == Approx(-1 + 1.1 / 3));
  CHECK(edges.back() == 0.1);
}

TEST_CASE("distribution: bins are closed at the left and the last one at the right too", "[analysis]") {
  CHECK(histogram(Numbers{0, 0.25, 0.4999, 0.5, 0.75, 1}, unit_edges(4)) == Counts{1, 2, 1, 2});
}

TEST_CASE("distribution: a score at i / bins falls into bin i for every i", "[analysis]") {
  for (std::int64_t i = 0; i < 20; ++i) {
    Counts expected(20);
    expected[static_cast<std::size_t>(i)] = 1;
    CHECK(histogram(Numbers{static_cast<double>(i) / 20}, unit_edges(20)) == expected);
  }
}

TEST_CASE("distribution: a value outside the edges counts in the nearest bin", "[analysis]") {
  CHECK(histogram(Numbers{-3, 1.0000001, 2}, unit_edges(2)) == Counts{1, 2});
}

TEST_CASE("distribution: a constant view has all of its values in the last bin", "[analysis]") {
  const Numbers edges = edges_between(2.5, 2.5, 4);
  const Counts counts = histogram(Numbers(3, 2.5), edges);
  CHECK(counts == Counts{0, 0, 0, 3});
  CHECK(histogram_mode(counts, edges) == 2.5);
}

TEST_CASE("distribution: the histogram mode is the centre of the fullest bin, the lowest on a tie", "[analysis]") {
  CHECK(histogram_mode(Counts{1, 4, 2, 3}, unit_edges(4)) == 0.375);
  CHECK(histogram_mode(Counts{1, 3, 0, 3}, unit_edges(4)) == 0.375);
  CHECK(histogram_mode(Counts{0, 0, 0, 2}, Numbers{-4, -2, 0, 2, 4}) == 3);
}

TEST_CASE("distribution: the kernel density mode sits in the larger of two groups", "[analysis]") {
  Numbers sample(30, 0.9);
  sample.resize(50, 0.0);
  CHECK(gaussian_kde_mode(sample) == Approx(0.9).margin(0.02));
}

TEST_CASE("distribution: of two mirrored kernel density peaks the lower one is the mode", "[analysis]") {
  Numbers sample(40, 0.0);
  sample.resize(80, 1.0);
  CHECK(gaussian_kde_mode(sample) < 0.5);
}

TEST_CASE("distribution: the kernel density mode of a constant sample is its value", "[analysis]") {
  CHECK(gaussian_kde_mode(Numbers(5, 0.3)) == 0.3);
  CHECK(gaussian_kde_mode(Numbers{0.3}) == 0.3);
}

TEST_CASE("distribution: the half-sample mode narrows down to the closest values", "[analysis]") {
  CHECK(half_sample_mode(Numbers{4}) == 4);
  CHECK(half_sample_mode(Numbers{4, 6}) == 5);
  CHECK(half_sample_mode(Numbers{1, 2, 4}) == 1.5);
  CHECK(half_sample_mode(Numbers{1, 3, 4}) == 3.5);
  CHECK(half_sample_mode(Numbers{1, 2, 3}) == 2);
  // The densest four of the seven are 5 5.0625 5.25 6, the densest two of these 5 5.0625.
  CHECK(half_sample_mode(Numbers{0, 2, 5, 5.0625, 5.25, 6, 9}) == 5.03125);
}

TEST_CASE("distribution: of equally dense halves the half-sample mode takes the lowest", "[analysis]") {
  CHECK(half_sample_mode(Numbers{0, 0, 1, 1}) == 0);
  CHECK(half_sample_mode(Numbers{0, 1, 1, 2, 2}) == 1);  // halves of three: 0 1 1, 1 1 2 and 1 2 2, all one wide
}

TEST_CASE("distribution: Wilson's interval is that of a hand calculation", "[analysis]") {
  // z = 1.959964: centre (0.5 + 0.19207) / 1.38415 = 0.5, half width z sqrt(0.025 + 0.0096037) / 1.38415.
  const Interval half = wilson_interval(5, 10, 0.95);
  CHECK(half.low == Approx(0.2365931).epsilon(1e-6));
  CHECK(half.high == Approx(0.7634069).epsilon(1e-6));
}

TEST_CASE("distribution: Wilson's interval touches 0 without a success and 1 without a failure", "[analysis]") {
  const Interval none = wilson_interval(0, 10, 0.95), all = wilson_interval(10, 10, 0.95);
  CHECK(none.low == 0);
  CHECK(none.high == Approx(0.2775328).epsilon(1e-6));  // z^2 / (n + z^2)
  CHECK(all.low == Approx(1 - 0.2775328).epsilon(1e-6));
  CHECK(all.high == 1);
}

TEST_CASE("distribution: Wilson's interval widens with the level", "[analysis]") {
  CHECK(wilson_interval(3, 10, 0.99).low < wilson_interval(3, 10, 0.9).low);
  CHECK(wilson_interval(3, 10, 0.99).high > wilson_interval(3, 10, 0.9).high);
}

TEST_CASE("distribution: Newcombe's interval of a difference is that of his paper", "[analysis]") {
  // Newcombe 1998, table II, method 10: 56/70 - 48/80, 9/10 - 3/10 and 5/56 - 0/29.
  const Interval many = newcombe_interval(56, 70, 48, 80, 0.95), few = newcombe_interval(9, 10, 3, 10, 0.95),
                 none = newcombe_interval(5, 56, 0, 29, 0.95);
  CHECK(many.low == Approx(0.0524).margin(5e-5));
  CHECK(many.high == Approx(0.3339).margin(5e-5));
  CHECK(few.low == Approx(0.1705).margin(5e-5));
  CHECK(few.high == Approx(0.8090).margin(5e-5));
  CHECK(none.low == Approx(-0.0381).margin(5e-5));
  CHECK(none.high == Approx(0.1926).margin(5e-5));
}

TEST_CASE("distribution: Newcombe's interval of a difference never leaves [-1, 1], and mirrors when the sides swap",
          "[analysis]") {
  const Interval apart = newcombe_interval(10, 10, 0, 10, 0.95), swapped = newcombe_interval(0, 10, 10, 10, 0.95);
  CHECK(apart.high == 1);
  CHECK(apart.low == Approx(0.6075).margin(5e-5));
  CHECK(swapped.low == -1);
  CHECK(swapped.high == -apart.low);
}
