#include "seedscape/sweep/plan.h"

#include <algorithm>
#include <set>

#include "seedscape/base/error.h"
#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;

namespace {

SeedRecord done_record(const PlannedRun& run, const std::vector<std::int64_t>& lengths) {
  SeedRecord record;
  record.run_id = run.run_id;
  record.seed = run.seed;
  for (const std::int64_t length : lengths) record.lengths.push_back({length, {{"exact_match", 0.5}}});
  return record;
}

}  // namespace

TEST_CASE("plan: holds every cell with its parameters and every seed with its own run id", "[sweep]") {
  const Plan plan = make_plan(small_sweep());
  REQUIRE(plan.cells.size() == 2);
  CHECK(plan.cells[0].parameters == 1 * (12 * 256 + 13 * 16) + 2 * 16 + 2 * 16 * 16);
  CHECK(run_count(plan) == 6);
  std::set<std::string> ids;
  for (const PlannedCell& cell : plan.cells) {
    for (std::size_t i = 0; i < cell.runs.size(); ++i) {
      CHECK(cell.runs[i].seed == static_cast<std::int64_t>(i));
      CHECK(cell.runs[i].seeds == SeedPair{i, i});
      ids.insert(cell.runs[i].run_id);
    }
  }
  CHECK(ids.size() == 6);
}

TEST_CASE("plan: run ids do not depend on name, axes, number of seeds, tests or analysis", "[sweep]") {
  SweepConfig other = small_sweep();
  other.name = "other";
  other.model.depth = 2;
  other.axes = {{.key = "model.width", .values = {16}, .with = {}, .zip = {}}};
  other.seeds.count = 1;
  other.eval.lengths = {3};
  other.analysis.success_threshold = 0.9;
  CHECK(make_plan(other).cells[0].runs[0].run_id == make_plan(small_sweep()).cells[1].runs[0].run_id);
}

TEST_CASE("plan: the longest cells come first, and within a cell the seeds in order", "[sweep]") {
  const Plan plan = make_plan(small_sweep());
  const std::vector<PendingRun> pending = pending_runs(plan, {}, false);
  REQUIRE(pending.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(pending[i].cell->cell.model.depth == (i < 3 ? 2 : 1));
    CHECK(pending[i].run->seed == static_cast<std::int64_t>(i % 3));
  }
}

TEST_CASE("plan: a done run is pending again only if a test length is new", "[sweep]") {
  SweepConfig config = small_sweep();
  const Plan plan = make_plan(config);
  const RecordIndex records = index_records({done_record(plan.cells[0].runs[1], {4, 6})});
  CHECK(pending_runs(plan, records, false).size() == 5);
  config.eval.lengths = {4};
  CHECK(pending_runs(make_plan(config), records, false).size() == 5);
  config.eval.lengths = {4, 6, 7};
  CHECK(pending_runs(make_plan(config), records, false).size() == 6);
}

TEST_CASE("plan: failed runs are pending only when they are to be retried, diverged ones never", "[sweep]") {
  const Plan plan = make_plan(small_sweep());
  SeedRecord failed = done_record(plan.cells[0].runs[0], {}), diverged = done_record(plan.cells[0].runs[1], {});
  failed.status = RunStatus::failed;
  diverged.status = RunStatus::diverged;
  const RecordIndex records = index_records({failed, diverged});
  CHECK(pending_runs(plan, records, false).size() == 4);
  const std::vector<PendingRun> retried = pending_runs(plan, records, true);
  CHECK(retried.size() == 5);
  const auto again = std::find_if(retried.begin(), retried.end(),
                                  [&](const PendingRun& run) { return run.run->run_id == failed.run_id; });
  REQUIRE(again != retried.end());
  CHECK(again->attempt == 2);
}

TEST_CASE("plan: seed groups are consecutive runs of one cell, as many as the population has slots", "[sweep]") {
  SweepConfig config = small_sweep();
  config.seeds.count = 8;
  const Plan plan = make_plan(config);
  const std::vector<PendingRun> pending = pending_runs(plan, {}, false);
  std::vector<std::size_t> sizes;
  std::size_t next = 0;
  const auto slots = [](std::int64_t count) { return [count](const PlannedCell&) { return count; }; };
  for (const SeedGroup group : seed_groups(pending, slots(3))) {
    sizes.push_back(group.size());
    for (const PendingRun& run : group) {
      CHECK(&run == &pending[next++]);
      CHECK(run.cell == group[0].cell);
    }
  }
  CHECK(sizes == std::vector<std::size_t>{3, 3, 2, 3, 3, 2});
  CHECK(seed_groups(pending, slots(1)).size() == 16);
  CHECK(seed_groups({}, slots(3)).empty());
  const std::vector<SeedGroup> mixed =
      seed_groups(pending, [&](const PlannedCell& cell) { return &cell == pending.front().cell ? 8 : 4; });
  CHECK(mixed.size() == 3);  // each cell has its own population
}

TEST_CASE("plan: counts add up to what is planned", "[sweep]") {
  const Plan plan = make_plan(small_sweep());
  SeedRecord diverged = done_record(plan.cells[1].runs[0], {}), failed = done_record(plan.cells[1].runs[1], {});
  diverged.status = RunStatus::diverged;
  failed.status = RunStatus::failed;
  SeedRecord done = done_record(plan.cells[0].runs[0], {4, 6});
  done.wall_s = 12.5;
  diverged.wall_s = 40;
  const std::vector<RunCounts> cells =
      count_runs(plan, index_records({done, done_record(plan.cells[0].runs[1], {4}), diverged, failed}));
  REQUIRE(cells.size() == plan.cells.size());
  CHECK(cells[0].done == 1);
  CHECK(cells[1].diverged == 1);
  const RunCounts counts = sum(cells);
  CHECK(counts.done_s == 12.5);
  CHECK(counts.planned == 6);
  CHECK(counts.done == 1);
  CHECK(counts.diverged == 1);
  CHECK(counts.failed == 1);
  CHECK(counts.pending == 3);  // one of them lacks a length
}

TEST_CASE("plan: merging folders unites cells, seeds and lengths", "[sweep]") {
  SweepConfig other = small_sweep();
  other.seeds.first = 2;  // seeds 2, 3, 4
  other.axes[0].values = {2, 3};
  other.eval.lengths = {6, 7};
  const Plan merged = merge_plans({make_plan(small_sweep()), make_plan(other)});
  REQUIRE(merged.cells.size() == 3);
  CHECK(merged.cells[0].runs.size() == 3);
  CHECK(merged.cells[1].runs.size() == 5);
  CHECK(merged.cells[2].runs.size() == 3);
  CHECK(merged.config.eval.lengths == std::vector<std::int64_t>{4, 6, 7});
  other.axes = {{.key = "model.width", .values = {16}, .with = {{"model.depth", 1}}, .zip = {}}};
  CHECK_THROWS_AS(merge_plans({make_plan(small_sweep()), make_plan(other)}), Error);
}

TEST_CASE("plan: a cell is labelled by its axis values", "[sweep]") {
  SweepConfig config = small_sweep();
  config.axes.push_back({.key = "train.learning_rate", .values = {0.5}, .with = {{"model.depth", 7}}, .zip = {}});
  const std::vector<Cell> cells = expand_cells(config);
  CHECK(cell_label(config, cells[0]) == "depth=1 learning_rate=0.01");
  CHECK(cell_label(config, cells[2]) == "depth=7 learning_rate=0.5");
}
