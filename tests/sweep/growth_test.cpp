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

TEST_CASE("growth: a grid grows on both sides and holds the runs of its diagonal", "[sweep]") {
  SweepConfig config = small_sweep();
  const Plan diagonal = make_plan(config);
  config.seeds = {.first = 0, .count = 4, .vary = "grid", .init_count = 2};
  const Plan small = make_plan(config);
  config.seeds = {.first = 0, .count = 9, .vary = "grid", .init_count = 3};
  const Plan large = make_plan(config);
  const auto records_of = [](const Plan& plan) {
    std::vector<SeedRecord> records;
    for (const PlannedRun& run : plan.cells[0].runs) {
      records.push_back(record_of(run));
      records.back().lengths = {{4, {}}, {6, {}}};
    }
    return records;
  };
  CHECK(refusal(small, diagonal, records_of(diagonal)) == "");
  CHECK(refusal(large, small, records_of(small)) == "");
  CHECK(pending_runs(large, index_records(records_of(small)), false).size() == 9 + 9 - 4);
  config.train.learning_rate = 0.02;
  CHECK(refusal(make_plan(config), small, records_of(small)).find("train.learning_rate") != std::string::npos);
}

TEST_CASE("growth: other weights to start from are refused, also under the same path", "[sweep]") {
  Plan stored = make_plan(small_sweep());
  Plan planned = stored;
  for (Plan* plan : {&stored, &planned}) plan->cells[0].cell.start = plan == &stored ? "aa" : "bb";
  planned.cells[0].runs[0].run_id = "other";
  CHECK(refusal(planned, stored, {record_of(stored.cells[0].runs[0])})
            .ends_with("\n  weights of train.from: stored \"aa\", now \"bb\""));
}

TEST_CASE("growth: a curve may be asked for later", "[sweep]") {
  const Plan stored = make_plan(small_sweep());
  SweepConfig config = small_sweep();
  config.eval.every = 2;
  config.store.weights = "all";
  CHECK(refusal(make_plan(config), stored, {record_of(stored.cells[0].runs[0])}) == "");
}

TEST_CASE("growth: tests that would differ are refused", "[sweep]") {
  const Plan stored = make_plan(small_sweep());
  const std::vector<SeedRecord> records{record_of(stored.cells[0].runs[0])};
  SweepConfig changed = small_sweep();
  changed.eval.mode = "greedy";
  CHECK(refusal(make_plan(changed), stored, records).find("eval.mode: stored \"teacher_forced\", now \"greedy\"") !=
        std::string::npos);
}
