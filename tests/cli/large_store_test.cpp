// A sweep of 100,000 runs stays quick to look at.

#include "support/large_store.h"

#include <chrono>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "seedscape/config/load.h"
#include "seedscape/sweep/plan.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const std::string kGood = SEEDSCAPE_SOURCE_DIR "/tests/fixtures/bad/good.yaml";

/// Seconds that the program takes, and what it says.
std::pair<double, Answer> timed(const TempFolder& folder, const std::vector<std::string>& arguments) {
  const auto start = std::chrono::steady_clock::now();
  Answer answer = seedscape::seedscape(folder, arguments);
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), std::move(answer)};
}

}  // namespace

TEST_CASE("a folder of 100,000 runs is counted and analysed in under two seconds each", "[cli][slow]") {
  const TempFolder folder("/dev/shm");
  const SweepConfig config =
      load_config(kGood, {"seeds.count=10000", "axes=[{key: model.depth, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}]",
                          "eval.lengths=[6]", "analysis.resamples=100"})
          .config;
  make_store(folder / "large", make_plan(config), {"exact_match"}, 2);

  const auto [status_s, status] = timed(folder, {"status", "large", "--json"});
  INFO(status.err);
  REQUIRE(status.code == 0);
  const auto counts = nlohmann::json::parse(status.out);
  CHECK(counts.at("planned") == 100'000);
  CHECK(counts.at("done") == 99'000);
  CHECK(counts.at("diverged") == 1'000);
  CHECK(counts.at("pending") == 0);

  const auto [analyze_s, analyze] = timed(folder, {"analyze", "large", "-o", "analysis.json"});
  INFO(analyze.err);
  REQUIRE(analyze.code == 0);
  const auto analysis = nlohmann::json::parse(read_text(folder / "analysis.json"));
  CHECK(analysis.at("source").at("done") == 99'000);
  const auto& scale = analysis.at("axes").at(0).at("views").at(0).at("scales").at(3);
  CHECK(scale.at("n") == 10'000);
  CHECK(scale.at("diverged") == 100);

  WARN("status " << status_s << " s, analyze " << analyze_s << " s");
  CHECK(status_s < 2);
  CHECK(analyze_s < 2);
}
