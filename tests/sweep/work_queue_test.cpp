#include "sweep/work_queue.h"

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"
#include "support/fake_trainer.h"
#include "support/small_sweep.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const nlohmann::json kMadeWith{{"libtorch", "2.11.0"}, {"git_revision", "a"}};

/// The runs of one cell in flight at a step.
Checkpoint in_flight(const PlannedCell& cell, const std::vector<std::size_t>& runs, std::int64_t step) {
  Checkpoint checkpoint{.step = step, .fingerprint = kMadeWith};
  const std::vector<float> numbers(static_cast<std::size_t>(cell.parameters), 1.0F);
  for (const std::size_t run : runs) {
    checkpoint.runs.push_back({.run_id = cell.runs[run].run_id, .state = {numbers, numbers, numbers}});
  }
  return checkpoint;
}

void store(const TempFolder& folder, const Checkpoint& checkpoint) {
  CheckpointSeries(folder.path(), {}).write(checkpoint);
}

/// The seeds of each item, "0 1 | 2".
std::string seeds_text(const std::vector<WorkItem>& items) {
  std::string text;
  for (const WorkItem& item : items) {
    text += text.empty() ? "" : " |";
    for (const PendingRun& run : item.runs) text += " " + std::to_string(run.run->seed);
  }
  return text;
}

std::string problem_of(const Plan& plan, const TempFolder& folder, ErrorKind kind,
                       const nlohmann::json& made_with = kMadeWith) {
  try {
    make_work(plan, {}, folder.path(), made_with, {});
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return "no error";
}

struct OneCell {
  TempFolder folder;
  Plan plan = make_plan([] {
    SweepConfig config = small_sweep();
    config.axes[0].values = {1};
    return config;
  }());
  const PlannedCell& cell = plan.cells[0];
};

}  // namespace

TEST_CASE_METHOD(OneCell, "work queue: runs in flight go on together before others begin", "[sweep]") {
  store(folder, in_flight(cell, {1, 2}, 3));
  std::vector<WorkItem> items = make_work(plan, {}, folder.path(), kMadeWith, {});
  CHECK(seeds_text(items) == " 1 2 | 0");
  REQUIRE(items[0].start);
  CHECK(items[0].start->step == 3);
  CHECK(items[0].start->runs.size() == 2);
  CHECK_FALSE(items[1].start);
}

TEST_CASE_METHOD(OneCell, "work queue: the furthest checkpoint of a run counts, and all of them go with its item",
                 "[sweep]") {
  store(folder, in_flight(cell, {0}, 2));
  store(folder, in_flight(cell, {0}, 4));
  std::vector<WorkItem> items = make_work(plan, {}, folder.path(), kMadeWith, {});
  CHECK(seeds_text(items) == " 0 | 1 | 2");
  CHECK(items[0].start->step == 4);
  items[0].checkpoints.remove();
  CHECK(list_folder(paths::checkpoints(folder.path())).empty());
}

TEST_CASE_METHOD(OneCell,
                 "work queue: a run that has ended leaves its group, and takes its checkpoint along if it is alone",
                 "[sweep]") {
  store(folder, in_flight(cell, {0, 1}, 2));
  store(folder, in_flight(cell, {2}, 2));
  RecordIndex known;
  for (const std::size_t run : {1U, 2U}) {
    SeedRecord record{.run_id = cell.runs[run].run_id, .status = RunStatus::diverged};
    known.emplace(record.run_id, record);
  }
  const std::vector<WorkItem> items = make_work(plan, known, folder.path(), kMadeWith, {});
  CHECK(seeds_text(items) == " 0");
  REQUIRE(items[0].start->runs.size() == 1);
  CHECK(items[0].start->runs[0].run_id == cell.runs[0].run_id);
  CHECK(list_folder(paths::checkpoints(folder.path())).size() == 1);
}

TEST_CASE_METHOD(OneCell, "work queue: checkpoints of another shard's runs are left alone", "[sweep]") {
  store(folder, in_flight(cell, {2}, 2));
  Plan mine = plan;
  mine.cells[0].runs.pop_back();
  CHECK(seeds_text(make_work(mine, {}, folder.path(), kMadeWith, {})) == " 0 | 1");
  CHECK(list_folder(paths::checkpoints(folder.path())).size() == 1);
}

TEST_CASE_METHOD(OneCell, "work queue: runs begun with other software go on there, or start over when asked to",
                 "[sweep]") {
  store(folder, in_flight(cell, {0}, 2));
  nlohmann::json now = kMadeWith;
  now["git_revision"] = "b";
  CHECK(make_work(plan, {}, folder.path(), now, {})[0].start);
  now["libtorch"] = "2.12.0";
  CHECK(problem_of(plan, folder, ErrorKind::other_software, now) ==
        "1 run(s) in flight were begun with other software or hardware (libtorch \"2.11.0\", now \"2.12.0\"); go on "
        "there, or start them over with --restart-run");
  SweepOptions restart;
  restart.restart_runs = true;
  CHECK_FALSE(make_work(plan, {}, folder.path(), now, restart)[0].start);
  CHECK(list_folder(paths::checkpoints(folder.path())).empty());
}

TEST_CASE_METHOD(OneCell, "work queue: damaged checkpoints stop the sweep unless their runs may start over",
                 "[sweep]") {
  store(folder, in_flight(cell, {0}, 2));
  const auto file = paths::checkpoints(folder.path()) / list_folder(paths::checkpoints(folder.path()))[0];
  publish(file, read_text(file).substr(0, 1000));
  const std::string problem = problem_of(plan, folder, ErrorKind::corrupt);
  CHECK(problem.starts_with(file.string() + ": "));
  CHECK(problem.ends_with("; --restart-run starts its runs over"));
  SweepOptions restart;
  restart.restart_runs = true;
  CHECK(seeds_text(make_work(plan, {}, folder.path(), kMadeWith, restart)) == " 0 | 1 | 2");
  CHECK_FALSE(file_exists(file));
}

TEST_CASE_METHOD(OneCell, "work queue: a checkpoint of the wrong size or beyond the last step is refused", "[sweep]") {
  Checkpoint checkpoint = in_flight(cell, {0}, 2);
  SECTION("too few moments") { checkpoint.runs[0].state.second_moment.pop_back(); }
  SECTION("a step that does not exist") { checkpoint.step = cell.cell.train.steps + 1; }
  store(folder, checkpoint);
  CHECK(problem_of(plan, folder, ErrorKind::corrupt).ends_with("does not fit the runs that it names"));
}

TEST_CASE_METHOD(OneCell, "work queue: a log that lost a line which a checkpoint saw is found", "[sweep]") {
  LogMark mark;
  {
    RecordWriter writer(folder.path(), kMadeWith);
    writer.append({.run_id = "x"});
    writer.append({.run_id = "y"});
    mark = writer.mark();
  }
  CHECK(mark.seq == 2);
  Checkpoint checkpoint = in_flight(cell, {0}, 2);
  checkpoint.mark = mark;
  store(folder, checkpoint);
  CHECK(make_work(plan, {}, folder.path(), kMadeWith, {})[0].start);
  const auto log = paths::runs(folder.path()) / (mark.writer + ".jsonl");
  std::string text = read_text(log);
  for (int lines = 0; lines < 2; ++lines)
    text.erase(text.rfind('\n', text.size() - 2) + 1);  // the footer and one record
  publish(log, text);
  CHECK(problem_of(plan, folder, ErrorKind::corrupt) ==
        log.string() + ": line number 2 was stored and is not there; the log was cut or exchanged");
}
