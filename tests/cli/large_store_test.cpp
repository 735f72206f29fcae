// A sweep of 100,000 runs stays quick to look at.

#include "support/large_store.h"

#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "seedscape/config/load.h"
#include "seedscape/sweep/plan.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const std::string kGood = SEEDSCAPE_SOURCE_DIR "/tests/fixtures/bad/good.yaml";

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Processor time that the program takes, which does not depend on what else runs as much as the clock does.
std::pair<double, Answer> timed(const TempFolder& folder, const std::vector<std::string>& arguments) {
  const double before = processor_seconds();
  Answer answer = seedscape::seedscape(folder, arguments);
  return {processor_seconds() - before, std::move(answer)};
}

}  // namespace

TEST_CASE("a folder of 100,000 runs is counted and analysed in a few seconds of one core", "[cli][slow]") {
  const TempFolder folder("/dev/shm");
  const SweepConfig config =
      load_config(kGood, {"seeds.count=10000", "axes=[{key: model.depth, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}]",
                          "eval.lengths=[6]"})
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

  // Both read plan and logs side by side: on two cores that are free it is about half of this.
  CHECK(status_s < 2.5);
  CHECK(analyze_s < 5);
}
