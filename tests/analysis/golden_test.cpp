// Our statistics against the numbers that NumPy, SciPy and POT give (scripts/golden/analysis.py).

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "seedscape/analysis/distribution.h"
#include "seedscape/analysis/scaling.h"
#include "seedscape/analysis/wasserstein.h"
#include "seedscape/base/number.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

nlohmann::json golden() {
  std::ifstream file(SEEDSCAPE_SOURCE_DIR "/tests/golden/analysis.json");
  return nlohmann::json::parse(file);
}

Numbers sorted(Numbers values) {
  std::sort(values.begin(), values.end());
  return values;
}

void check_close(double ours, const nlohmann::json& theirs) {
  const double expected = number_from_json(theirs);
  if (std::isinf(expected)) {
    CHECK(ours == expected);
  } else {
    CHECK(std::abs(ours - expected) <= 1e-9 * std::max(1.0, std::abs(expected)));
  }
}

}  // namespace

TEST_CASE("golden: location, histogram and success of a sample agree with NumPy and SciPy", "[analysis][golden]") {
  const auto samples = golden()["samples"];
  REQUIRE(samples.size() == 10);
  for (const auto& expected : samples) {
    INFO(expected["name"]);
    const Numbers sample = sorted(expected["values"]);
    check_close(mean(sample), expected["mean"]);
    for (const auto& [q, value] : expected["quantiles"].get<std::vector<std::pair<double, double>>>()) {
      check_close(quantile(sample, q), value);
    }
    check_close(gaussian_kde_mode(sample), expected["kde_mode"]);

    const auto& histogram_of = expected["histogram"];
    const bool inside = sample.front() >= 0 && sample.back() <= 1;
    const Numbers edges = inside ? unit_edges(20) : edges_between(sample.front(), sample.back(), 20);
    REQUIRE(edges.size() == histogram_of["edges"].size());
    for (std::size_t i = 0; i < edges.size(); ++i) check_close(edges[i], histogram_of["edges"][i]);
    const auto counts = histogram(sample, edges);
    CHECK(counts == histogram_of["counts"].get<std::vector<std::int64_t>>());
    check_close(histogram_mode(counts, edges), histogram_of["mode"]);

    for (const auto& success : expected["success"]) {
      const auto n = static_cast<std::int64_t>(sample.size());
      const Interval interval = wilson_interval(success["count"], n, 0.95);
      check_close(interval.low, success["low"]);
      check_close(interval.high, success["high"]);
    }
  }
}

TEST_CASE("golden: distances of samples of any two sizes agree with POT", "[analysis][golden]") {
  const auto reference = golden();
  std::map<std::string, Numbers> samples;
  for (const auto& sample : reference["samples"]) samples[sample["name"]] = sorted(sample["values"]);
  REQUIRE(reference["distances"].size() == 45);
  for (const auto& expected : reference["distances"]) {
    INFO(expected["a"] << " " << expected["b"]);
    check_close(wasserstein2(samples.at(expected["a"]), samples.at(expected["b"])), expected["w2"]);
  }
}

TEST_CASE("golden: the shape of a curve agrees with NumPy", "[analysis][golden]") {
  const auto curves = golden()["curves"];
  REQUIRE(curves.size() == 15);
  for (const auto& expected : curves) {
    INFO(expected["y"]);
    const Numbers y = expected["y"];
    check_close(improvement(y), expected["improvement"]);
    check_close(breakthroughness(y), expected["breakthroughness"]);
    check_close(linearity(y), expected["linearity"]);
  }
}
