#include "seedscape/sweep/progress.h"

#include <limits>

#include "support/small_sweep.h"
#include "support/test.h"

using namespace seedscape;

namespace {
SeedRecord scored(const PlannedRun& run, double exact_match) {
  SeedRecord record;
  record.run_id = run.run_id;
  record.step = 5;
  record.lengths = {{4, {{"exact_match", 1.0}}}, {6, {{"exact_match", exact_match}}}};
  return record;
}
}  // namespace

TEST_CASE("progress: a line a cell shows what has ended and the main scores so far", "[sweep]") {
  const Plan plan = make_plan(small_sweep());
  const RecordIndex known = index_records({scored(plan.cells[0].runs[0], 0.0)});
  Progress progress(plan, known, false, Progress::Display::lines);
  for (int i = 0; i < 5; ++i) progress.stepped(plan.cells[0]);
  progress.finished(plan.cells[0], scored(plan.cells[0].runs[1], 1.0));
  const std::vector<std::string> lines = progress.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].find("depth=1  ███████████░░░░░  2/3      |█        █|") == 0);
  CHECK(lines[1].find("depth=2  ░░░░░░░░░░░░░░░░  0/3      |          |") == 0);
  CHECK(lines[2].find("2/6 runs, ") == 0);
}

TEST_CASE("progress: time left shrinks with the work that is left, by measured speed", "[sweep]") {
  const Plan plan = make_plan(small_sweep());
  Progress progress(plan, {}, false, Progress::Display::lines);
  CHECK(progress.seconds_left() == std::numeric_limits<double>::infinity());  // no speed is known yet
  for (int step = 0; step < 5; ++step) progress.stepped(plan.cells[1]);
  const double early = progress.seconds_left();
  for (int step = 0; step < 10; ++step) progress.stepped(plan.cells[1]);
  for (int step = 0; step < 12; ++step) progress.stepped(plan.cells[0]);
  const double late = progress.seconds_left();
  CHECK(late < early);
  CHECK(late > 0);
  for (int step = 0; step < 3; ++step) progress.stepped(plan.cells[0]);
  CHECK(progress.seconds_left() == Approx(0).margin(1e-6));
}

TEST_CASE("progress: the work of a fork is the steps that it trains", "[sweep]") {
  SweepConfig config = small_sweep();
  config.seeds.count = 1;
  config.axes[0].values = {1};
  config.train.first_step = 3;
  const Plan plan = make_plan(config);
  Progress progress(plan, {}, false, Progress::Display::lines);
  progress.stepped(plan.cells[0]);
  CHECK(progress.seconds_left() > 0);
  progress.stepped(plan.cells[0]);
  CHECK(progress.seconds_left() == Approx(0).margin(1e-6));
}

TEST_CASE("progress: a run that diverges early counts as all its work", "[sweep]") {
  SweepConfig config = small_sweep();
  config.seeds.count = 1;
  config.axes[0].values = {1};
  const Plan plan = make_plan(config);
  Progress progress(plan, {}, false, Progress::Display::lines);
  progress.stepped(plan.cells[0]);
  SeedRecord record;
  record.status = RunStatus::diverged;
  record.step = 1;
  progress.finished(plan.cells[0], record);
  CHECK(progress.seconds_left() == Approx(0).margin(1e-6));
  CHECK(progress.lines()[1] == "1/1 runs");
}
