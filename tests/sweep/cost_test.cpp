#include "seedscape/sweep/cost.h"

#include "seedscape/sweep/plan.h"
#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;

TEST_CASE("cost: a model that fits no machine is refused with its size", "[sweep]") {
  SweepConfig config = small_sweep();
  config.axes[0].values = {1000};
  config.model.width = 65536;
  const std::vector<KeyProblem> problems = cell_problems(expand_cells(config)[0], config);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == "model.width");
  CHECK(problems[0].what == "one run would need about 1031165 GB of memory");
  CHECK(cell_problems(expand_cells(small_sweep())[0], small_sweep()).empty());
}

TEST_CASE("cost: operations follow from steps, rows and positions, time also from the calls of each layer", "[sweep]") {
  SweepConfig config = small_sweep();
  const Plan plan = make_plan(config);
  // 6 (12 L D^2 + V D) B T + 6 L T D B T, five steps of two rows of 19 positions, D = V = 16.
  CHECK(run_flops(plan.cells[0]) == Approx(5.0 * (6 * (12 * 256 + 256) * 38 + 6 * 19 * 16 * 38)));
  CHECK(estimated_seconds(plan.cells[1]) > 1.4 * estimated_seconds(plan.cells[0]));
  config.train.steps = 50;
  CHECK(estimated_seconds(make_plan(config).cells[0]) == Approx(10 * estimated_seconds(plan.cells[0])));
}

TEST_CASE("cost: the main view of a cell must be one that its task measures", "[sweep]") {
  SweepConfig config = small_sweep();
  config.task = {.kind = "reverse_addition", .train_length = {1, 2}, .hint_max = 6};
  config.train.context = 40;
  config.analysis.metric = "exact_match_digits";
  CHECK(cell_problems(expand_cells(config)[0], config).empty());
  config.task.hint_tokens = 0;
  const std::vector<KeyProblem> problems = cell_problems(expand_cells(config)[0], config);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == "analysis.metric");
}

TEST_CASE("cost: weights that cannot be read are a problem of their key, before anything is trained", "[sweep]") {
  SweepConfig config = small_sweep();
  config.train.from = "no/such/folder";
  const std::vector<KeyProblem> problems = cell_problems(expand_cells(config)[0], config);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].key == "train.from");
  CHECK(problems[0].what == "cannot read no/such/folder: No such file or directory");
}

TEST_CASE("cost: a fork costs the steps that it trains", "[sweep]") {
  SweepConfig config = small_sweep();
  config.train.first_step = 4;
  const PlannedCell whole = make_plan(small_sweep()).cells[0], fork = make_plan(config).cells[0];
  CHECK(run_flops(fork) == Approx(run_flops(whole) / 5));
  CHECK(estimated_seconds(fork) == Approx(estimated_seconds(whole) / 5));
}
