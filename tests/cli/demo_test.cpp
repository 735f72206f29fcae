#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

/// Scores of the demo at one length: a list of sixteen for each depth.
std::vector<std::vector<double>> scores(const nlohmann::json& analysis, int length) {
  std::vector<std::vector<double>> depths;
  for (const auto& view : analysis.at("axes").at(0).at("views")) {
    if (view.at("metric") != "exact_match" || view.at("length") != length) continue;
    for (const auto& scale : view.at("scales")) depths.push_back(scale.at("scores").at("value"));
  }
  return depths;
}

double share(const std::vector<double>& scores, double from, double below) {
  return static_cast<double>(
             std::count_if(scores.begin(), scores.end(), [&](double s) { return s >= from && s < below; })) /
         static_cast<double>(scores.size());
}

}  // namespace

TEST_CASE("demo: success over seeds grows with depth and is a matter of the seed in between", "[cli][slow]") {
  const TempFolder folder;
  const Answer answer = seedscape::seedscape(folder, {"run", config_path("demo.yaml")});
  INFO(answer.err);
  REQUIRE(answer.code == 0);
  const auto analysis = nlohmann::json::parse(read_text(folder / "out/demo/analysis.json"));

  for (const auto& depth : scores(analysis, 8))
    CHECK(share(depth, 0.8, 2) >= 0.9);  // all learn what they are trained on
  const auto longer = scores(analysis, 20);
  REQUIRE(longer.size() >= 3);
  CHECK(share(longer[0], 0.5, 2) <= 0.1);
  CHECK(share(longer[1], 0.5, 2) >= 0.15);
  CHECK(share(longer[1], 0.5, 2) <= 0.75);
  CHECK(share(longer[2], 0.5, 2) >= 0.6);
  if (longer.size() > 3) CHECK(share(longer[3], 0.5, 2) >= 0.8);
}
