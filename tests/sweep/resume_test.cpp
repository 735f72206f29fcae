// A sweep that is interrupted, whenever it is, ends with the records of one that is not.

#include <atomic>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/store/paths.h"
#include "support/fake_trainer.h"
#include "support/small_sweep.h"
#include "support/sweep_results.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

/// Two cells of three seeds, curves and early ends, in groups of up to `population`.
Plan lively_plan() {
  SweepConfig config = small_sweep();
  config.eval.every = 2;
  config.train.steps = 8;
  config.train.stop_score = 1;
  config.train.stop_every = 3;
  return make_plan(config);
}

/// Seed 1 knows all from its fourth update on, seed 2 diverges after its third.
FakeTrainer::Behaviour lively_behaviour() {
  FakeTrainer::Behaviour behaviour;
  behaviour.knows = [](std::uint64_t seed, std::int64_t step) { return seed == 1 && step > 3; };
  behaviour.diverges_at_seed = 2;
  return behaviour;
}

SweepOptions in_groups_of(std::int64_t population) {
  SweepOptions options;
  options.population = [=](const PlannedCell&) { return population; };
  return options;
}

std::size_t checkpoint_count(const std::filesystem::path& dir) { return list_folder(paths::checkpoints(dir)).size(); }

}  // namespace

TEST_CASE("resume: interrupted at any step or test, a sweep goes on to the same records and curves", "[sweep]") {
  const std::int64_t population = GENERATE(1, 3);
  const Plan plan = lively_plan();
  const TempFolder undisturbed;
  walk(plan, undisturbed.path(), in_groups_of(population), lively_behaviour());
  const auto records = results_of(undisturbed.path()), curves = results_of(undisturbed.path(), LogKind::curves);
  REQUIRE(records.size() == 6);
  CHECK(checkpoint_count(undisturbed.path()) == 0);

  int call = 1;
  for (std::atomic<bool> stop = true; stop; call += 7) {
    CAPTURE(call);
    const TempFolder folder;
    stop = false;
    int calls = 0;
    FakeTrainer::Behaviour behaviour = lively_behaviour();
    behaviour.at_step = behaviour.at_predict = [&] { stop = ++calls == call || stop; };
    SweepOptions options = in_groups_of(population);
    options.stop = &stop;
    const Walked stopped = walk(plan, folder.path(), options, behaviour);
    CHECK(stopped.outcome.stopped == (stopped.records.size() < 6));
    walk(plan, folder.path(), in_groups_of(population), lively_behaviour());
    CHECK(results_of(folder.path()) == records);
    CHECK(results_of(folder.path(), LogKind::curves) == curves);
    CHECK(checkpoint_count(folder.path()) == 0);
  }
  CHECK(call > 100);
}

TEST_CASE("resume: what was trained before a stop is not trained again", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  config.axes[0].values = {1};
  config.seeds.count = 1;
  std::atomic<bool> stop = false;
  int steps = 0;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [&] { stop = ++steps == 3; };
  SweepOptions options;
  options.stop = &stop;
  walk(make_plan(config), folder.path(), options, behaviour);
  CHECK(steps == 3);
  CHECK(checkpoint_count(folder.path()) == 1);
  CHECK(walk(make_plan(config), folder.path(), {}, behaviour).outcome.trained == 1);
  CHECK(steps == 5);
}

TEST_CASE("resume: of the checkpoints on the way the last two are kept", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  config.store.checkpoint_every = 1e-9;  // seconds: at every step
  config.train.steps = 6;
  std::size_t most = 0;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [&] { most = std::max(most, checkpoint_count(folder.path())); };
  walk(make_plan(config), folder.path(), {}, behaviour);
  CHECK(most == 2);
  CHECK(checkpoint_count(folder.path()) == 0);
}

TEST_CASE("resume: a run that failed starts over when it is tried again", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  config.axes[0].values = {1};
  config.seeds.count = 1;
  config.store.checkpoint_every = 1e-9;
  FakeTrainer::Behaviour failing;
  failing.throws_at_seed = 0;
  walk(make_plan(config), folder.path(), {}, failing);
  CHECK(checkpoint_count(folder.path()) == 0);
  int steps = 0;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [&] { ++steps; };
  SweepOptions retry;
  retry.retry_failed = true;
  walk(make_plan(config), folder.path(), retry, behaviour);
  CHECK(steps == 5);
}

TEST_CASE("resume: memory that gives out ends the sweep and leaves its runs to go on with", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  config.store.checkpoint_every = 1e-9;
  FakeTrainer::Behaviour behaviour;
  int steps = 0;
  behaviour.at_step = [&] {
    if (++steps == 4) throw Error(ErrorKind::resources, "cpu is out of memory");
  };
  CHECK_THROWS_WITH(walk(make_plan(config), folder.path(), {}, behaviour), "cpu is out of memory");
  CHECK(load_records(folder.path()).records.empty());
  CHECK(checkpoint_count(folder.path()) == 2);
  walk(make_plan(config), folder.path(), {}, behaviour);
  CHECK(steps == 4 + 30 - 3);
}
