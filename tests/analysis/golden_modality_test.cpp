// Our modes, tests and intervals against SciPy, diptest and scikit-learn (scripts/golden/modality.py).

#include <algorithm>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "seedscape/analysis/bootstrap.h"
#include "seedscape/analysis/dip.h"
#include "seedscape/analysis/forecast.h"
#include "seedscape/analysis/mixture.h"
#include "seedscape/analysis/modes.h"
#include "seedscape/analysis/multiple_tests.h"
#include "seedscape/analysis/silverman.h"
#include "support/test.h"

using namespace seedscape;
using Numbers = std::vector<double>;

namespace {

nlohmann::json golden(const char* section) {
  std::ifstream file(SEEDSCAPE_SOURCE_DIR "/tests/golden/modality.json");
  return nlohmann::json::parse(file)[section];
}

}  // namespace

TEST_CASE("golden: the dip is that of its definition, solved as a linear program, also on ties", "[analysis][golden]") {
  const auto samples = golden("samples"), with_ties = golden("lattice_dips");
  REQUIRE(samples.size() == 11);
  for (const auto& expected : samples) {
    INFO(expected["name"]);
    CHECK(dip(expected["values"].get<Numbers>()) == Approx(expected["dip_by_definition"].get<double>()).margin(1e-7));
  }
  REQUIRE(with_ties.size() == 60);
  for (const auto& expected : with_ties) {
    INFO(expected["values"]);
    CHECK(dip(expected["values"].get<Numbers>()) == Approx(expected["dip"].get<double>()).margin(1e-7));
  }
}

TEST_CASE("golden: the dip agrees with diptest", "[analysis][golden]") {
  const auto samples = golden("samples");
  for (const auto& expected : samples) {
    INFO(expected["name"]);
    CHECK(dip(expected["values"].get<Numbers>()) == Approx(expected["dip"].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("golden: peaks, their shares and the valley between them agree with SciPy's density", "[analysis][golden]") {
  const auto samples = golden("samples");
  int compared = 0;
  for (const auto& expected : samples) {
    if (expected["modes"].is_null()) continue;
    INFO(expected["name"]);
    ++compared;
    const Modes modes = find_modes(expected["values"].get<Numbers>());
    REQUIRE(modes.peaks.size() == expected["modes"]["peaks"].size());
    for (std::size_t i = 0; i < modes.peaks.size(); ++i) {
      CHECK(modes.peaks[i].at == Approx(expected["modes"]["peaks"][i][0].get<double>()));
      CHECK(modes.peaks[i].height == Approx(expected["modes"]["peaks"][i][1].get<double>()));
      CHECK(modes.peaks[i].share == Approx(expected["modes"]["peaks"][i][2].get<double>()));
    }
    const auto& antimode = expected["modes"]["antimode"];
    REQUIRE(modes.antimode.has_value() == !antimode.is_null());
    if (modes.antimode) CHECK(*modes.antimode == Approx(antimode.get<double>()));
  }
  CHECK(compared == 9);
}

TEST_CASE("golden: the bimodality coefficient agrees with SciPy's skewness and kurtosis", "[analysis][golden]") {
  const auto samples = golden("samples");
  for (const auto& expected : samples) {
    INFO(expected["name"]);
    CHECK(*bimodality_coefficient(expected["values"].get<Numbers>()) ==
          Approx(expected["bimodality_coefficient"].get<double>()).epsilon(1e-10));
  }
}

TEST_CASE("golden: mixtures of one to three normal parts agree with scikit-learn", "[analysis][golden]") {
  std::map<std::string, Numbers> samples;
  for (const auto& sample : golden("samples").get<std::vector<nlohmann::json>>())
    samples[sample["name"]] = sample["values"].get<Numbers>();
  const auto mixtures = golden("mixtures");
  REQUIRE(mixtures.size() == 5);
  for (const auto& expected : mixtures) {
    INFO(expected["name"]);
    const Mixture mixture = fit_mixture(samples.at(expected["name"]), false, 1e-6);
    Numbers bic;
    for (const auto& fit : expected["fits"]) bic.push_back(fit["bic"]);
    const auto best = static_cast<std::size_t>(std::ranges::min_element(bic) - bic.begin());
    // Too many parts have many maxima; the number that is chosen and a single one must be met.
    for (const std::size_t k : {std::size_t{0}, best}) CHECK(*mixture.bic[k] == Approx(bic[k]).margin(0.01));
    REQUIRE(mixture.parts.size() == best + 1);
    for (std::size_t j = 0; j <= best; ++j) {
      CHECK(mixture.parts[j].weight == Approx(expected["fits"][best]["parts"][j][0].get<double>()).margin(2e-3));
      CHECK(mixture.parts[j].mean == Approx(expected["fits"][best]["parts"][j][1].get<double>()).margin(2e-3));
      CHECK(mixture.parts[j].deviation == Approx(expected["fits"][best]["parts"][j][2].get<double>()).margin(2e-3));
    }
  }
}

TEST_CASE("golden: adjusted p-values agree with SciPy", "[analysis][golden]") {
  const auto families = golden("benjamini_hochberg");
  REQUIRE(families.size() == 5);
  for (const auto& expected : families) {
    const Numbers adjusted = benjamini_hochberg(expected["p"].get<Numbers>());
    for (std::size_t i = 0; i < adjusted.size(); ++i)
      CHECK(adjusted[i] == Approx(expected["adjusted"][i].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("golden: the critical bandwidth is that of the exact density on a fine grid", "[analysis][golden]") {
  const auto samples = golden("samples");
  for (const auto& expected : samples) {
    if (expected["name"] == "equal_steps") continue;  // its peaks stand out by a billionth; no grid shows them
    INFO(expected["name"]);
    CHECK(critical_bandwidth(expected["values"].get<Numbers>()) ==
          Approx(expected["critical_bandwidth"].get<double>()).epsilon(0.01));
  }
}

TEST_CASE("golden: the accelerated interval agrees with SciPy's on the same replicates", "[analysis][golden]") {
  const auto cases = golden("bca");
  REQUIRE(cases.size() == 3);
  for (const auto& expected : cases) {
    const Numbers values = expected["values"];
    const Interval interval =
        bca_interval(expected["means"].get<Numbers>(), mean(values), mean_acceleration(values), 0.95);
    CHECK(interval.low == Approx(expected["low"].get<double>()).epsilon(1e-9));
    CHECK(interval.high == Approx(expected["high"].get<double>()).epsilon(1e-9));
  }
}

TEST_CASE("golden: the logistic curve is the maximum that SciPy's minimisers find", "[analysis][golden]") {
  const auto cases = golden("logistic");
  REQUIRE(cases.size() == 3);
  for (const auto& expected : cases) {
    const LogisticCurve curve = fit_logistic(expected["x"].get<Numbers>(), expected["successes"].get<Numbers>(),
                                             expected["trials"].get<Numbers>());
    CHECK(curve.intercept == Approx(expected["intercept"].get<double>()).epsilon(1e-5));
    CHECK(curve.slope == Approx(expected["slope"].get<double>()).epsilon(1e-5));
  }
}
