// Seeds that are trained in lockstep: each ends as it would alone.

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"
#include "support/fake_trainer.h"
#include "support/small_sweep.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

/// Depth 1 of the small sweep: five steps, tested at lengths 4 and 6.
SweepConfig one_cell(std::int64_t seeds) {
  SweepConfig config = small_sweep();
  config.axes[0].values = {1};
  config.seeds.count = seeds;
  return config;
}

SweepOptions in_groups_of(std::int64_t population, const std::atomic<bool>* stop = nullptr) {
  SweepOptions options;
  options.population = [population](const PlannedCell&) { return population; };
  options.stop = stop;
  return options;
}

/// Records by run and step, without what a clock and a place decide.
std::map<std::pair<std::string, std::int64_t>, SeedRecord> timeless(const fs::path& dir, LogKind kind) {
  std::map<std::pair<std::string, std::int64_t>, SeedRecord> kept;
  for (SeedRecord record : load_records(dir, kind).records) {
    record.wall_s = 0;
    record.device.clear();
    kept[{record.run_id, record.step}] = record;
  }
  return kept;
}

/// The records of a cell's runs, in the order of their seeds.
std::vector<SeedRecord> by_seed(const Walked& walked) {
  std::vector<SeedRecord> records;
  for (const auto& [id, record] : walked.records) records.push_back(record);
  std::ranges::sort(records, {}, &SeedRecord::seed);
  return records;
}

std::vector<std::uint64_t> data_seeds(const TrainerSetup& setup) {
  std::vector<std::uint64_t> seeds;
  for (const SeedPair& pair : setup.seeds) seeds.push_back(pair.data);
  return seeds;
}

using Seeds = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("seed group: records, curves and weights are the same for any population and number of devices", "[sweep]") {
  SweepConfig config = small_sweep();
  config.seeds.count = 5;
  config.eval.every = 2;
  config.store.weights = "all";
  const Plan plan = make_plan(config);
  const TempFolder alone;
  walk(plan, alone.path(), {});
  const auto expected = timeless(alone.path(), LogKind::runs), points = timeless(alone.path(), LogKind::curves);
  REQUIRE(expected.size() == 10);
  REQUIRE(points.size() == 40);  // steps 0, 2, 4, 5
  for (const std::int64_t population : {2, 3, 5, 8}) {
    for (const std::size_t devices : {1, 2}) {
      INFO(population << " seeds on " << devices << " devices");
      const TempFolder folder;
      SweepOptions options = in_groups_of(population);
      options.devices.assign(devices, "cpu");
      walk(plan, folder.path(), options);
      CHECK(timeless(folder.path(), LogKind::runs) == expected);
      CHECK(timeless(folder.path(), LogKind::curves) == points);
      for (const auto& [place, point] : points) {
        const fs::path file = paths::weights(folder.path(), point.run_id, point.step);
        CHECK(read_text(file) == read_text(paths::weights(alone.path(), point.run_id, point.step)));
      }
    }
  }
}

TEST_CASE("seed group: eight runs in groups of three are three, three and two, with a slot of padding", "[sweep]") {
  const TempFolder folder;
  std::vector<Seeds> groups;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_start = [&](const TrainerSetup& setup) {
    CHECK(setup.population == 3);
    groups.push_back(data_seeds(setup));
  };
  CHECK(walk(make_plan(one_cell(8)), folder.path(), in_groups_of(3), behaviour).outcome.trained == 8);
  CHECK(groups == std::vector<Seeds>{{0, 1, 2}, {3, 4, 5}, {6, 7}});
}

TEST_CASE("seed group: a sweep that has grown trains only what is missing, among as many slots", "[sweep]") {
  const TempFolder folder, undisturbed;
  walk(make_plan(one_cell(3)), folder.path(), in_groups_of(4));
  std::vector<Seeds> groups;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_start = [&](const TrainerSetup& setup) {
    CHECK(setup.population == 4);
    groups.push_back(data_seeds(setup));
  };
  CHECK(walk(make_plan(one_cell(5)), folder.path(), in_groups_of(4), behaviour).outcome.trained == 2);
  CHECK(groups == std::vector<Seeds>{{3, 4}});
  walk(make_plan(one_cell(5)), undisturbed.path(), {});
  CHECK(timeless(folder.path(), LogKind::runs) == timeless(undisturbed.path(), LogKind::runs));
}

TEST_CASE("seed group: a seed that diverges is retired and recorded, its neighbours train on untouched", "[sweep]") {
  const TempFolder folder, undisturbed;
  SweepConfig config = one_cell(3);
  config.eval.every = 1;
  const Plan plan = make_plan(config);
  FakeTrainer::Behaviour behaviour;
  behaviour.diverges_at_seed = 1;  // in its third update
  std::map<std::uint64_t, int> updates;
  behaviour.at_update = [&](std::uint64_t seed, std::int64_t) { ++updates[seed]; };
  const auto records = by_seed(walk(plan, folder.path(), in_groups_of(3), behaviour));
  CHECK(updates == std::map<std::uint64_t, int>{{0, 5}, {1, 3}, {2, 5}});
  CHECK(records[1].status == RunStatus::diverged);
  CHECK(records[1].step == 3);
  const auto expected = by_seed(walk(plan, undisturbed.path(), {}));
  for (const std::size_t neighbour : {0, 2}) {
    CHECK(records[neighbour].weights_digest == expected[neighbour].weights_digest);
    CHECK(records[neighbour].train_loss == expected[neighbour].train_loss);
    CHECK(records[neighbour].step == 5);
  }
  std::vector<std::int64_t> curve;
  for (const auto& [place, point] : timeless(folder.path(), LogKind::curves)) {
    if (point.seed == 1) curve.push_back(point.step);
  }
  CHECK(curve == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("seed group: weights that overflowed make only their own seed diverge", "[sweep]") {
  const TempFolder folder;
  FakeTrainer::Behaviour behaviour;
  behaviour.overflows_at_seed = 0;
  const auto records = by_seed(walk(make_plan(one_cell(3)), folder.path(), in_groups_of(3), behaviour));
  CHECK(records[0].reason == "weights are not finite");
  CHECK(records[1].status == RunStatus::done);
  CHECK(records[2].status == RunStatus::done);
}

TEST_CASE("seed group: a seed that knows enough ends at its own step, with the record it has alone", "[sweep]") {
  const TempFolder folder, alone;
  SweepConfig config = one_cell(3);
  config.train.stop_score = 1;
  config.train.stop_every = 2;
  config.store.weights = "final";
  const Plan plan = make_plan(config);
  FakeTrainer::Behaviour behaviour;
  behaviour.knows = [](std::uint64_t seed, std::int64_t step) { return seed == 1 && step >= 2; };
  walk(plan, alone.path(), {}, behaviour);
  std::map<std::uint64_t, int> updates;
  behaviour.at_update = [&](std::uint64_t seed, std::int64_t) { ++updates[seed]; };
  const auto records = by_seed(walk(plan, folder.path(), in_groups_of(3), behaviour));
  CHECK(updates == std::map<std::uint64_t, int>{{0, 5}, {1, 2}, {2, 5}});
  CHECK(records[0].step == 5);
  CHECK(records[1].step == 2);
  CHECK(fs::exists(paths::weights(folder.path(), records[1].run_id, 2)));
  CHECK(timeless(folder.path(), LogKind::runs) == timeless(alone.path(), LogKind::runs));
  CHECK(records[0].lengths[0].scores[0] == std::pair<std::string, double>("exact_match", 0.0));
  CHECK(records[1].lengths[0].scores[0] == std::pair<std::string, double>("exact_match", 1.0));
}

TEST_CASE("seed group: it takes no further step once all its seeds have ended", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_cell(3);
  config.train.stop_score = 1;
  config.train.stop_every = 1;
  FakeTrainer::Behaviour behaviour;
  behaviour.knows = [](std::uint64_t seed, std::int64_t step) { return step > static_cast<std::int64_t>(seed); };
  int steps = 0;
  behaviour.at_step = [&] { ++steps; };
  walk(make_plan(config), folder.path(), in_groups_of(3), behaviour);
  CHECK(steps == 3);
}

TEST_CASE("seed group: when it throws, those of its runs that had not ended have failed, and retry among themselves",
          "[sweep]") {
  const TempFolder folder, undisturbed;
  SweepConfig config = one_cell(5);
  config.train.stop_score = 1;
  config.train.stop_every = 1;
  const Plan plan = make_plan(config);
  FakeTrainer::Behaviour behaviour;
  behaviour.knows = [](std::uint64_t seed, std::int64_t) { return seed == 0; };
  const auto sound = behaviour;
  behaviour.throws_at_seed = 1;
  const Walked walked = walk(plan, folder.path(), in_groups_of(3), behaviour);
  CHECK(walked.outcome.trained == 5);
  CHECK(walked.outcome.failed == 2);
  const auto records = by_seed(walked);
  CHECK(records[0].status == RunStatus::done);
  CHECK(records[0].step == 1);
  for (const std::size_t s : {1, 2}) {
    CHECK(records[s].status == RunStatus::failed);
    CHECK(records[s].reason == "the card fell off the bus\\x1b[0m");
  }
  CHECK(records[3].status == RunStatus::done);
  CHECK(records[4].status == RunStatus::done);
  SweepOptions retry = in_groups_of(3);
  retry.retry_failed = true;
  CHECK(walk(plan, folder.path(), retry, sound).outcome.trained == 2);
  auto retried = timeless(folder.path(), LogKind::runs);
  for (auto& [place, record] : retried) record.attempt = 1;
  walk(plan, undisturbed.path(), {}, sound);
  CHECK(retried == timeless(undisturbed.path(), LogKind::runs));
}

TEST_CASE("seed group: a stop in its middle keeps what has ended and nothing else", "[sweep]") {
  const TempFolder folder, undisturbed;
  SweepConfig config = one_cell(3);
  config.train.stop_score = 1;
  config.train.stop_every = 1;
  const Plan plan = make_plan(config);
  FakeTrainer::Behaviour behaviour;
  behaviour.knows = [](std::uint64_t seed, std::int64_t) { return seed == 2; };
  const auto undisturbing = behaviour;
  std::atomic<bool> stop = false;
  int steps = 0;
  behaviour.at_step = [&] { stop = ++steps == 3; };
  const Walked stopped = walk(plan, folder.path(), in_groups_of(3, &stop), behaviour);
  CHECK(stopped.outcome.stopped);
  CHECK(stopped.outcome.trained == 1);
  REQUIRE(stopped.records.size() == 1);
  CHECK(by_seed(stopped)[0].seed == 2);
  CHECK(by_seed(stopped)[0].step == 1);
  CHECK(walk(plan, folder.path(), in_groups_of(3), undisturbing).outcome.trained == 2);
  walk(plan, undisturbed.path(), {}, undisturbing);
  CHECK(timeless(folder.path(), LogKind::runs) == timeless(undisturbed.path(), LogKind::runs));
}

TEST_CASE("seed group: a stop while its seeds are tested keeps those that were", "[sweep]") {
  const TempFolder folder;
  std::atomic<bool> stop = false;
  int predictions = 0;
  FakeTrainer::Behaviour behaviour;
  // A seed takes five batches of four: nine problems of length 4 and seven of length 6.
  behaviour.at_predict = [&] { stop = ++predictions == 7; };
  const Walked stopped = walk(make_plan(one_cell(3)), folder.path(), in_groups_of(3, &stop), behaviour);
  CHECK(stopped.outcome.stopped);
  REQUIRE(stopped.records.size() == 1);
  CHECK(by_seed(stopped)[0].seed == 0);
  CHECK(predictions == 7);
}

TEST_CASE("seed group: devices share the queue, and a record says which of them made it", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_cell(4);
  SweepOptions options = in_groups_of(2);
  options.devices = {"cuda:0", "cuda:1"};
  std::mutex mutex;
  std::map<std::uint64_t, std::string> device_of;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_start = [&](const TrainerSetup& setup) {
    // Each group waits for the other, so that neither device can take both.
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    {
      const std::lock_guard lock(mutex);
      for (const std::uint64_t seed : data_seeds(setup)) device_of[seed] = setup.device;
    }
    for (bool together = false; !together && std::chrono::steady_clock::now() < give_up;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const std::lock_guard lock(mutex);
      together = device_of.size() == 4;
    }
  };
  const auto records = by_seed(walk(make_plan(config), folder.path(), options, behaviour));
  REQUIRE(records.size() == 4);
  for (const SeedRecord& record : records) CHECK(record.device == device_of.at(record.data_seed));
  CHECK(records[0].device == records[1].device);
  CHECK(std::set<std::string>{records[1].device, records[2].device} == std::set<std::string>{"cuda:0", "cuda:1"});
}

TEST_CASE("seed group: stored runs are tested one by one from their own weights, those without train together",
          "[sweep]") {
  const TempFolder folder, alone;
  SweepConfig config = one_cell(4);
  config.store.weights = "final";
  const auto stored = by_seed(walk(make_plan(config), folder.path(), in_groups_of(4)));
  for (const std::size_t lost : {1, 3}) fs::remove(paths::weights(folder.path(), stored[lost].run_id, 5));
  config.eval.lengths = {4, 6, 8};
  std::vector<Seeds> groups;
  std::set<std::uint64_t> updated;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_start = [&](const TrainerSetup& setup) {
    CHECK(setup.population == 4);
    CHECK(setup.weights.size() == (setup.seeds.size() == 1 ? 1 : 0));
    groups.push_back(data_seeds(setup));
  };
  behaviour.at_update = [&](std::uint64_t seed, std::int64_t) { updated.insert(seed); };
  CHECK(walk(make_plan(config), folder.path(), in_groups_of(4), behaviour).outcome.trained == 4);
  CHECK(groups == std::vector<Seeds>{{0}, {2}, {1, 3}});
  CHECK(updated == std::set<std::uint64_t>{1, 3});
  walk(make_plan(config), alone.path(), {});
  CHECK(timeless(folder.path(), LogKind::runs) == timeless(alone.path(), LogKind::runs));
}

TEST_CASE("seed group: the times of its runs add up to its own", "[sweep]") {
  const TempFolder folder;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  const auto start = std::chrono::steady_clock::now();
  const auto records = by_seed(walk(make_plan(one_cell(3)), folder.path(), in_groups_of(3), behaviour));
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  double sum = 0;
  for (const SeedRecord& record : records) {
    CHECK(record.wall_s >= 0.1 / 3);  // a third of five steps of 20 ms
    sum += record.wall_s;
  }
  CHECK(sum <= elapsed);
}
