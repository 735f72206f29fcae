#include "seedscape/sweep/shard.h"

#include <cstdlib>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/sweep/cost.h"
#include "seedscape/sweep/plan.h"
#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;

namespace {

std::set<std::string> ids(const Plan& plan) {
  std::set<std::string> ids;
  for (const PlannedCell& cell : plan.cells) {
    for (const PlannedRun& run : cell.runs) ids.insert(run.run_id);
  }
  return ids;
}

Plan uneven_plan() {
  SweepConfig config = small_sweep();
  config.axes[0].values = {1, 2, 3, 8};
  config.seeds.count = 11;
  return make_plan(config);
}

/// What Slurm sets for one task of an array.
void set_array(const char* id, const char* first, const char* last, const char* count) {
  setenv("SLURM_ARRAY_TASK_ID", id, 1);
  setenv("SLURM_ARRAY_TASK_MIN", first, 1);
  setenv("SLURM_ARRAY_TASK_MAX", last, 1);
  setenv("SLURM_ARRAY_TASK_COUNT", count, 1);
}

}  // namespace

TEST_CASE("shard: any number of shards have each run once", "[sweep]") {
  const Plan plan = uneven_plan();
  for (const std::int64_t count : {1, 2, 7, 64}) {
    std::set<std::string> together;
    std::size_t runs = 0;
    for (std::int64_t index = 0; index < count; ++index) {
      const auto part = ids(shard_of(plan, {index, count}));
      runs += part.size();
      together.insert(part.begin(), part.end());
    }
    CHECK(runs == 44);
    CHECK(together == ids(plan));
  }
}

TEST_CASE("shard: shards cost the same but for one run of the cheapest kind", "[sweep]") {
  const Plan plan = uneven_plan();
  double least = 1e300, most = 0;
  for (std::int64_t index = 0; index < 3; ++index) {
    double cost = 0;
    for (const PlannedCell& cell : shard_of(plan, {index, 3}).cells) {
      cost += estimated_seconds(cell) * static_cast<double>(cell.runs.size());
    }
    least = std::min(least, cost);
    most = std::max(most, cost);
  }
  CHECK(most - least <= estimated_seconds(plan.cells[0]) * (1 + 1e-9));
}

TEST_CASE("shard: a cell without runs is no part of it", "[sweep]") {
  const Plan part = shard_of(uneven_plan(), {63, 64});
  CHECK(part.cells.empty());
}

TEST_CASE("shard: I/N is read strictly", "[sweep]") {
  CHECK(parse_shard("2/5").index == 2);
  CHECK(parse_shard("2/5").count == 5);
  for (const char* text : {"", "2", "/", "5/5", "-1/5", "0/0", "1/2/3", "a/2", " 1/2", "01/2", "0/99999999999"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_shard(text), Error);
  }
  CHECK_THROWS_WITH(parse_shard("5/5"), "--shard 5/5: expected I/N with 0 <= I < N, or auto in a Slurm job array");
}

TEST_CASE("shard: auto follows a job array, whatever its first number, and refuses one with gaps", "[sweep]") {
  set_array("7", "5", "8", "4");
  CHECK(parse_shard("auto").index == 2);
  CHECK(parse_shard("auto").count == 4);
  set_array("7", "5", "9", "3");
  CHECK_THROWS_WITH(parse_shard("auto"), "--shard auto: the job array has gaps; number its tasks 0 to N - 1");
  unsetenv("SLURM_ARRAY_TASK_ID");
  CHECK_THROWS_WITH(parse_shard("auto"), "--shard auto: SLURM_ARRAY_TASK_ID is not set to a number");
}
