#include "seedscape/sweep/growth.h"

#include "seedscape/base/error.h"
#include "seedscape/sweep/plan.h"
#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;

namespace {

SeedRecord record_of(const PlannedRun& run) {
  SeedRecord record;
  record.run_id = run.run_id;
  return record;
}

std::string refusal(const Plan& planned, const Plan& stored, const std::vector<SeedRecord>& records) {
  try {
    check_growth(planned, stored, records);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("growth: more seeds, scales, axes and lengths are growth", "[sweep]") {
  const Plan stored = make_plan(small_sweep());
  const std::vector<SeedRecord> records{record_of(stored.cells[0].runs[0])};
  SweepConfig grown = small_sweep();
  grown.seeds.count = 9;
  grown.axes[0].values = {2, 1, 3};
  grown.axes.push_back({.key = "train.learning_rate", .values = {0.1}, .with = {{"model.depth", 1}}, .zip = {}});
  grown.eval.lengths = {4, 5, 6};
  grown.analysis.success_threshold = 0.1;
  CHECK(refusal(make_plan(grown), stored, records) == "");
}

TEST_CASE("growth: a changed key under the same axis value and seed is refused by name", "[sweep]") {
  const Plan stored = make_plan(small_sweep());
  const std::vector<SeedRecord> records{record_of(stored.cells[0].runs[0])};
  SweepConfig changed = small_sweep();
  changed.train.learning_rate = 0.02;
  changed.task.vocabulary = 13;
  CHECK(refusal(make_plan(changed), stored, records) ==
        "the folder holds runs of another plan; give this one another --out or name. Keys that differ:\n"
        "  task.vocabulary: stored 12, now 13\n"
        "  train.learning_rate: stored 0.01, now 0.02");
  CHECK(refusal(make_plan(changed), stored, {}) == "");  // nothing is stored yet
  changed = small_sweep();
  changed.seeds.vary = "init";
  changed.seeds.first = 1;
  const std::vector<SeedRecord> second{record_of(stored.cells[0].runs[2])};
  CHECK(refusal(make_plan(changed), stored, second).find("seeds.vary: stored \"both\", now \"init\"") !=
        std::string::npos);
}

TEST_CASE("growth: tests that would differ are refused", "[sweep]") {
  const Plan stored = make_plan(small_sweep());
  const std::vector<SeedRecord> records{record_of(stored.cells[0].runs[0])};
  SweepConfig changed = small_sweep();
  changed.eval.mode = "greedy";
  CHECK(refusal(make_plan(changed), stored, records).find("eval.mode: stored \"teacher_forced\", now \"greedy\"") !=
        std::string::npos);
}
