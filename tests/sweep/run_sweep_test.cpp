#include "seedscape/sweep/run_sweep.h"

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "seedscape/base/error.h"
#include "support/fake_trainer.h"
#include "support/small_sweep.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

std::map<std::string, std::string> digests(const Walked& walked) {
  std::map<std::string, std::string> digests;
  for (const auto& [id, record] : walked.records) digests[id] = record.weights_digest;
  return digests;
}

}  // namespace

TEST_CASE("run_sweep: every planned run ends with a record that holds its seeds, steps and scores", "[sweep]") {
  const TempFolder folder;
  const Plan plan = make_plan(small_sweep());
  const Walked walked = walk(plan, folder.path(), {});
  CHECK(walked.outcome.trained == 6);
  CHECK_FALSE(walked.outcome.stopped);
  for (const PlannedCell& cell : plan.cells) {
    for (const PlannedRun& run : cell.runs) {
      const SeedRecord& record = walked.records.at(run.run_id);
      CHECK(record.status == RunStatus::done);
      CHECK(record.seed == run.seed);
      CHECK(record.init_seed == run.seeds.init);
      CHECK(record.step == 5);
      CHECK(record.train_loss.has_value());
      REQUIRE(record.lengths.size() == 2);
      CHECK(record.lengths[1].length == 6);
      CHECK(record.lengths[1].scores[0] == std::pair<std::string, double>("exact_match", 1.0));
    }
  }
}

TEST_CASE("run_sweep: a run is the same alone, in another order and beside other workers", "[sweep]") {
  const TempFolder one, many, alone;
  SweepConfig config = small_sweep();
  SweepOptions four;
  four.devices.assign(4, "cpu");
  const auto expected = digests(walk(make_plan(config), one.path(), {}));
  CHECK(digests(walk(make_plan(config), many.path(), four)) == expected);
  config.seeds.first = 2;
  config.seeds.count = 1;
  config.axes[0].values = {2, 1};
  for (const auto& [id, digest] : digests(walk(make_plan(config), alone.path(), {}))) CHECK(expected.at(id) == digest);
}

TEST_CASE("run_sweep: a second walk trains nothing, and a grown plan only what is new", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  walk(make_plan(config), folder.path(), {});
  CHECK(walk(make_plan(config), folder.path(), {}).outcome.trained == 0);
  config.seeds.count = 5;
  const Walked grown = walk(make_plan(config), folder.path(), {});
  CHECK(grown.outcome.trained == 4);
  CHECK(grown.records.size() == 10);
}

TEST_CASE("run_sweep: a new test length trains a run again, to the same weights", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  const auto before = digests(walk(make_plan(config), folder.path(), {}));
  config.eval.lengths = {4, 6, 8};
  const Walked again = walk(make_plan(config), folder.path(), {});
  CHECK(again.outcome.trained == 6);
  CHECK(digests(again) == before);
  for (const auto& [id, record] : again.records) CHECK(record.lengths.size() == 3);
}

TEST_CASE("run_sweep: other test lengths instead of the stored ones train each run once more, not for ever",
          "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  walk(make_plan(config), folder.path(), {});
  config.eval.lengths = {8};
  CHECK(walk(make_plan(config), folder.path(), {}).outcome.trained == 6);
  CHECK(walk(make_plan(config), folder.path(), {}).outcome.trained == 0);
}

TEST_CASE("run_sweep: a record holds its test lengths ascending, whatever order the config gives", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  config.eval.lengths = {6, 3, 5};
  for (const auto& [id, record] : walk(make_plan(config), folder.path(), {}).records) {
    REQUIRE(record.lengths.size() == 3);
    CHECK(record.lengths[0].length == 3);
    CHECK(record.lengths[1].length == 5);
    CHECK(record.lengths[2].length == 6);
  }
}

TEST_CASE("run_sweep: a run that throws is recorded as failed and the others go on", "[sweep]") {
  const TempFolder folder;
  const Plan plan = make_plan(small_sweep());
  FakeTrainer::Behaviour behaviour;
  behaviour.throws_at_seed = 1;
  const Walked walked = walk(plan, folder.path(), {}, behaviour);
  CHECK(walked.outcome.failed == 2);
  CHECK(walked.outcome.trained == 6);
  const SeedRecord& failed = walked.records.at(plan.cells[0].runs[1].run_id);
  CHECK(failed.status == RunStatus::failed);
  CHECK(failed.reason == "the card fell off the bus\\x1b[0m");
  CHECK(walked.records.at(plan.cells[0].runs[2].run_id).status == RunStatus::done);

  SweepOptions retry;
  retry.retry_failed = true;
  const Walked retried = walk(plan, folder.path(), retry);
  CHECK(retried.outcome.trained == 2);
  CHECK(retried.records.at(failed.run_id).status == RunStatus::done);
  CHECK(retried.records.at(failed.run_id).attempt == 2);
}

TEST_CASE("run_sweep: it gives up after as many failures as it may have", "[sweep]") {
  const TempFolder folder;
  FakeTrainer::Behaviour behaviour;
  behaviour.throws_at_seed = 0;
  SweepOptions options;
  options.max_failures = 1;
  const Walked walked = walk(make_plan(small_sweep()), folder.path(), options, behaviour);
  CHECK(walked.outcome.gave_up);
  CHECK_FALSE(walked.outcome.stopped);
  CHECK(walked.outcome.trained == 1);
}

TEST_CASE("run_sweep: a loss that is not finite ends the run as diverged, with the step it happened at", "[sweep]") {
  const TempFolder folder;
  const Plan plan = make_plan(small_sweep());
  FakeTrainer::Behaviour behaviour;
  behaviour.diverges_at_seed = 2;
  const Walked walked = walk(plan, folder.path(), {}, behaviour);
  CHECK(walked.outcome.failed == 0);
  const SeedRecord& diverged = walked.records.at(plan.cells[1].runs[2].run_id);
  CHECK(diverged.status == RunStatus::diverged);
  CHECK(diverged.step == 3);
  CHECK(diverged.lengths.empty());
  CHECK_FALSE(diverged.train_loss.has_value());
  CHECK(walk(plan, folder.path(), {}).outcome.trained == 0);  // a result, not to be repeated
}

TEST_CASE("run_sweep: a stop request ends every worker at its next step, and the next walk completes the sweep",
          "[sweep]") {
  const TempFolder folder, undisturbed;
  const Plan plan = make_plan(small_sweep());
  std::atomic<bool> stop = false;
  std::atomic<int> steps = 0;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [&] {
    if (++steps == 13) stop = true;
  };
  SweepOptions options;
  options.stop = &stop;
  const Walked stopped = walk(plan, folder.path(), options, behaviour);
  CHECK(stopped.outcome.stopped);
  CHECK(stopped.outcome.trained == 2);  // two runs of five steps; the third was at its third step
  CHECK(steps == 13);
  const Walked completed = walk(plan, folder.path(), {});
  CHECK(completed.outcome.trained == 4);
  CHECK(digests(completed) == digests(walk(plan, undisturbed.path(), {})));
}

TEST_CASE("run_sweep: a deadline that has passed stops as a request does", "[sweep]") {
  const TempFolder folder;
  const Plan plan = make_plan(small_sweep());
  SweepOptions options;
  options.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [] { std::this_thread::sleep_for(std::chrono::milliseconds(4)); };
  const Walked stopped = walk(plan, folder.path(), options, behaviour);
  CHECK(stopped.outcome.stopped);
  CHECK(stopped.outcome.trained <= 1);  // a run takes 20 ms at least
  CHECK(walk(plan, folder.path(), {}).records.size() == 6);
}

TEST_CASE("run_sweep: weights that overflow in the last update are a diverged run too", "[sweep]") {
  const TempFolder folder;
  const Plan plan = make_plan(small_sweep());
  FakeTrainer::Behaviour behaviour;
  behaviour.overflows_at_seed = 1;
  const Walked walked = walk(plan, folder.path(), {}, behaviour);
  const SeedRecord& diverged = walked.records.at(plan.cells[0].runs[1].run_id);
  CHECK(diverged.status == RunStatus::diverged);
  CHECK(diverged.reason == "weights are not finite");
  CHECK(diverged.lengths.empty());
}

TEST_CASE("run_sweep: a stop request also ends a long evaluation, at its next batch", "[sweep]") {
  const TempFolder folder;
  std::atomic<bool> stop = false;
  std::atomic<int> predictions = 0;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_predict = [&] {
    if (++predictions == 2) stop = true;
  };
  SweepOptions options;
  options.stop = &stop;
  const Walked stopped = walk(make_plan(small_sweep()), folder.path(), options, behaviour);
  CHECK(stopped.outcome.stopped);
  CHECK(stopped.outcome.trained == 0);
  CHECK(predictions == 2);
}

TEST_CASE("run_sweep: a record that cannot be stored ends the sweep with the store's error", "[sweep]") {
  const TempFolder folder;
  const Plan plan = make_plan(small_sweep());
  std::filesystem::create_directories(folder.path());
  std::ofstream(folder.path() / "runs") << "a file where the folder of logs should be";
  SweepOptions options;
  options.devices.assign(2, "cpu");
  options.make_trainer = [](const TrainerSetup& setup) {
    return std::make_unique<FakeTrainer>(setup, FakeTrainer::Behaviour{});
  };
  ResultWriter writer(folder.path(), nlohmann::json::object());
  Progress progress(plan, {}, false, Progress::Display::lines);
  CHECK_THROWS_AS(run_sweep(plan, {}, writer, options, progress), Error);
}
