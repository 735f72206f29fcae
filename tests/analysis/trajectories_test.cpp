#include "seedscape/analysis/trajectories.h"

#include "seedscape/analysis/analyze.h"
#include "seedscape/sweep/plan.h"
#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;
using Json = nlohmann::ordered_json;

namespace {

SeedRecord at_step(const PlannedRun& run, std::int64_t step, double exact_match) {
  return {.run_id = run.run_id,
          .seed = run.seed,
          .step = step,
          .lengths = {{4, {{"exact_match", 1.0}}}, {6, {{"nll", 3.0}, {"exact_match", exact_match}}}}};
}

}  // namespace

TEST_CASE("trajectories: each seed's scores of the main view by step, and when it first reached the threshold",
          "[analysis]") {
  SweepConfig config = small_sweep();
  config.axes[0].values = {2, 1};  // the analysis has them ascending
  const Plan plan = make_plan(config);
  const std::vector<PlannedRun>&deep = plan.cells[0].runs, &shallow = plan.cells[1].runs;
  const std::vector<SeedRecord> curves{at_step(deep[1], 5, 0.25), at_step(deep[1], 0, 0.0),
                                       at_step(deep[1], 3, 0.5),  at_step(deep[0], 0, 0.1),
                                       at_step(deep[0], 5, 0.49), at_step(shallow[2], 0, 0.75)};
  const Json analysis = analyze(score_table(plan, {}));
  const Json scales = trajectories(plan, curves, analysis)["axes"][0]["scales"];
  REQUIRE(scales.size() == 2);
  CHECK(scales[0] ==
        Json({{"value", 1},
              {"seeds", Json::array({Json{{"seed", 2}, {"step", {0}}, {"score", {0.75}}, {"reached", 0}}})}}));
  CHECK(scales[1]["value"] == 2);
  CHECK(scales[1]["seeds"] ==
        Json::array({Json{{"seed", 0}, {"step", {0, 5}}, {"score", {0.1, 0.49}}, {"reached", nullptr}},
                     Json{{"seed", 1}, {"step", {0, 3, 5}}, {"score", {0.0, 0.5, 0.25}}, {"reached", 3}}}));
}

TEST_CASE("trajectories: without evaluations on the way there are none", "[analysis]") {
  const Plan plan = make_plan(small_sweep());
  CHECK(trajectories(plan, {}, analyze(score_table(plan, {}))).is_null());
}
