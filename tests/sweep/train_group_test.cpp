#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/hash.h"
#include "seedscape/model/init.h"
#include "seedscape/model/weights_file.h"
#include "seedscape/store/paths.h"
#include "seedscape/tasks/task.h"
#include "support/fake_trainer.h"
#include "support/small_sweep.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

/// One run of five steps.
SweepConfig one_run() {
  SweepConfig config = small_sweep();
  config.axes[0].values = {1};
  config.seeds.count = 1;
  return config;
}

std::vector<std::int64_t> steps_of(const std::vector<SeedRecord>& points) {
  std::vector<std::int64_t> steps;
  for (const SeedRecord& point : points) steps.push_back(point.step);
  return steps;
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

ParameterLayout layout_of(const PlannedCell& cell) {
  return ParameterLayout(model_shape(cell.cell.model, make_task(cell.cell.task)->vocabulary().size()));
}

/// A file of weights for the one cell of `config`, the first of them `first`.
fs::path write_start(const SweepConfig& config, const fs::path& file, float first) {
  const ParameterLayout layout = layout_of(make_plan(config).cells[0]);
  std::vector<float> weights(static_cast<std::size_t>(layout.size), 0.25F);
  weights[0] = first;
  publish(file, weights_file_bytes(layout, weights, {}));
  return file;
}

}  // namespace

TEST_CASE("train_group: a curve has the first step, every eval.every-th, and the last", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.eval.every = 2;
  const Walked walked = walk(make_plan(config), folder.path(), {});
  const std::vector<SeedRecord> points = load_records(folder.path(), LogKind::curves).records;
  REQUIRE(steps_of(points) == std::vector<std::int64_t>{0, 2, 4, 5});
  CHECK_FALSE(points[0].train_loss.has_value());
  CHECK(points[1].train_loss.has_value());
  for (const SeedRecord& point : points) {
    CHECK(point.lengths.size() == 2);
    CHECK(point.weights_digest.size() == 64);
  }
  CHECK(points[1].weights_digest != points[2].weights_digest);
  CHECK(points.back() == walked.records.begin()->second);
}

TEST_CASE("train_group: a last step that is a multiple of eval.every is one point", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.eval.every = 5;
  walk(make_plan(config), folder.path(), {});
  CHECK(steps_of(load_records(folder.path(), LogKind::curves).records) == std::vector<std::int64_t>{0, 5});
}

TEST_CASE("train_group: curves change no result, and without eval.every there are none", "[sweep]") {
  const TempFolder with, without;
  SweepConfig config = small_sweep();
  const auto plain = walk(make_plan(config), without.path(), {}).records;
  CHECK(names_in(without.path()) == std::set<std::string>{"runs"});
  config.eval.every = 1;
  for (const auto& [id, record] : walk(make_plan(config), with.path(), {}).records) {
    CHECK(record.weights_digest == plain.at(id).weights_digest);
    CHECK(record.lengths == plain.at(id).lengths);
  }
}

TEST_CASE("train_group: the curve of a diverged run ends before it diverged", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.eval.every = 1;
  FakeTrainer::Behaviour behaviour;
  behaviour.diverges_at_seed = 0;  // in its third update
  walk(make_plan(config), folder.path(), {}, behaviour);
  CHECK(steps_of(load_records(folder.path(), LogKind::curves).records) == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("train_group: weights that overflowed are no point of a curve", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.eval.every = 1;
  config.store.weights = "all";
  FakeTrainer::Behaviour behaviour;
  behaviour.overflows_at_seed = 0;
  const SeedRecord record = walk(make_plan(config), folder.path(), {}, behaviour).records.begin()->second;
  CHECK(record.status == RunStatus::diverged);
  CHECK(load_records(folder.path(), LogKind::curves).records.empty());
  CHECK(names_in(paths::weights(folder.path(), record.run_id)).empty());
}

TEST_CASE("train_group: a run that goes on after a stop leaves out no point of its curve and writes none twice",
          "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.eval.every = 1;
  std::atomic<bool> stop = false;
  FakeTrainer::Behaviour behaviour;
  int steps = 0;
  behaviour.at_step = [&] { stop = ++steps == 3; };
  SweepOptions options;
  options.stop = &stop;
  CHECK(walk(make_plan(config), folder.path(), options, behaviour).outcome.stopped);
  walk(make_plan(config), folder.path(), {});
  const LoadedRecords curves = load_records(folder.path(), LogKind::curves);
  CHECK(steps_of(curves.records) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5});
  CHECK(curves.duplicates == 0);
}

TEST_CASE("train_group: weights are kept as the config says", "[sweep]") {
  SweepConfig config = one_run();
  config.eval.every = 2;
  const Plan plan = make_plan(config);
  const std::string id = plan.cells[0].runs[0].run_id;
  const std::map<std::string, std::set<std::string>> kept{
      {"none", {}},
      {"final", {"step-5.safetensors"}},
      {"all", {"step-0.safetensors", "step-2.safetensors", "step-4.safetensors", "step-5.safetensors"}}};
  for (const auto& [which, names] : kept) {
    const TempFolder folder;
    config.store.weights = which;
    const SeedRecord record = walk(make_plan(config), folder.path(), {}).records.at(id);
    CHECK(names_in(paths::weights(folder.path(), id)) == names);
    if (which == "none") continue;
    const std::vector<float> weights =
        read_weights_file(paths::weights(folder.path(), id, 5), layout_of(plan.cells[0]));
    CHECK(sha256_hex(std::span(weights)) == record.weights_digest);
  }
}

TEST_CASE("train_group: all weights are the first and the last where there is no curve", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.store.weights = "all";
  const SeedRecord record = walk(make_plan(config), folder.path(), {}).records.begin()->second;
  CHECK(names_in(paths::weights(folder.path(), record.run_id)) ==
        std::set<std::string>{"step-0.safetensors", "step-5.safetensors"});
}

TEST_CASE("train_group: a new test length is evaluated from stored weights, without a step", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = small_sweep();
  config.store.weights = "final";
  const auto before = walk(make_plan(config), folder.path(), {}).records;
  config.eval.lengths = {6, 3, 8};
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [] { FAIL("a step"); };
  const Walked grown = walk(make_plan(config), folder.path(), {}, behaviour);
  CHECK(grown.outcome.trained == 6);
  for (const auto& [id, record] : grown.records) {
    CHECK(record.weights_digest == before.at(id).weights_digest);
    CHECK(record.step == 5);
    REQUIRE(record.lengths.size() == 4);  // 4 and 6 were there
    CHECK(record.lengths[0].length == 3);
    CHECK(record.lengths[1] == before.at(id).lengths[0]);
    CHECK(record.lengths[3].length == 8);
  }
}

TEST_CASE("train_group: stored weights that are damaged or of another result are not used", "[sweep]") {
  for (const bool damaged : {true, false}) {
    const TempFolder folder;
    SweepConfig config = one_run();
    config.store.weights = "final";
    const Plan plan = make_plan(config);
    const SeedRecord before = walk(plan, folder.path(), {}).records.begin()->second;
    const fs::path file = paths::weights(folder.path(), before.run_id, 5);
    if (damaged) {
      fs::resize_file(file, fs::file_size(file) - 4);
    } else {
      write_start(config, file, 7);
    }
    config.eval.lengths = {4, 6, 8};
    int steps = 0;
    FakeTrainer::Behaviour behaviour;
    behaviour.at_step = [&] { ++steps; };
    const SeedRecord after = walk(make_plan(config), folder.path(), {}, behaviour).records.begin()->second;
    CHECK(steps == 5);
    CHECK(after.weights_digest == before.weights_digest);
    CHECK(after.lengths.size() == 3);
    const std::vector<float> mended = read_weights_file(file, layout_of(plan.cells[0]));
    CHECK(sha256_hex(std::span(mended)) == before.weights_digest);
  }
}

TEST_CASE("train_group: a training starts from the weights it is given, and its id says which", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  const std::string drawn = make_plan(config).cells[0].runs[0].run_id;
  config.train.from = write_start(one_run(), folder / "a.safetensors", 1);
  const Plan plan = make_plan(config);
  const Walked from_one = walk(plan, folder.path(), {});
  config.train.from = write_start(one_run(), folder / "b.safetensors", 1);
  const Walked same_weights = walk(make_plan(config), folder.path(), {});
  CHECK(same_weights.outcome.trained == 0);  // the path is no part of the id
  config.train.from = write_start(one_run(), folder / "c.safetensors", 2);
  const Walked from_two = walk(make_plan(config), folder.path(), {});
  CHECK(from_two.outcome.trained == 1);
  REQUIRE(from_two.records.size() == 2);
  CHECK_FALSE(from_two.records.contains(drawn));
  CHECK(from_two.records.begin()->second.weights_digest != std::next(from_two.records.begin())->second.weights_digest);
}

TEST_CASE("train_group: weights that change under a running sweep fail its runs", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.train.from = write_start(one_run(), folder / "a.safetensors", 1);
  const Plan plan = make_plan(config);
  write_start(one_run(), folder / "a.safetensors", 2);
  const Walked walked = walk(plan, folder.path(), {});
  REQUIRE(walked.outcome.failed == 1);
  CHECK(walked.records.begin()->second.reason.ends_with("a.safetensors changed while the sweep ran"));
}

TEST_CASE("train_group: a fork begins with the step it is told and ends with the last", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.train.first_step = 3;
  config.eval.every = 1;
  int steps = 0;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_step = [&] { ++steps; };
  CHECK(walk(make_plan(config), folder.path(), {}, behaviour).records.begin()->second.step == 5);
  CHECK(steps == 2);
  CHECK(steps_of(load_records(folder.path(), LogKind::curves).records) == std::vector<std::int64_t>{3, 4, 5});
}

TEST_CASE("train_group: a training ends early once it knows its longest trained length, if it is told to", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.eval.every = 4;
  config.store.weights = "final";
  config.train.stop_score = 1;  // the fake always reaches it
  config.train.stop_every = 3;
  const Plan plan = make_plan(config);
  const SeedRecord record = walk(plan, folder.path(), {}).records.begin()->second;
  CHECK(record.step == 3);
  CHECK(record.lengths.size() == 2);
  CHECK(steps_of(load_records(folder.path(), LogKind::curves).records) == std::vector<std::int64_t>{0, 3});
  CHECK(fs::exists(paths::weights(folder.path(), record.run_id, 3)));
  CHECK(walk(plan, folder.path(), {}).outcome.trained == 0);
  CHECK(record.run_id != make_plan(one_run()).cells[0].runs[0].run_id);
}

TEST_CASE("train_group: the test set that ends a training early does not follow eval.* keys", "[sweep]") {
  SweepConfig config = one_run();
  config.train.stop_score = 0.5;
  config.train.stop_every = 1;
  for (const std::int64_t batch : {1, 64}) {
    const TempFolder folder;
    config.eval.batch = batch;
    int predictions = 0;
    FakeTrainer::Behaviour behaviour;
    behaviour.at_predict = [&] { ++predictions; };
    const SeedRecord record = walk(make_plan(config), folder.path(), {}, behaviour).records.begin()->second;
    CHECK(record.step == 1);
    // Nine first numbers at length 4 in one batch to decide; then lengths 4 and 6 with 9 and 7 of them.
    CHECK(predictions == 1 + (batch == 1 ? 16 : 2));
  }
}

TEST_CASE("train_group: what is reset is drawn from each init seed, the rest is kept", "[sweep]") {
  const TempFolder folder;
  SweepConfig config = one_run();
  config.seeds.count = 2;
  config.train.from = write_start(one_run(), folder / "a.safetensors", 1);
  config.train.reset = "last_layer";
  std::vector<std::vector<float>> started;
  FakeTrainer::Behaviour behaviour;
  behaviour.at_start = [&](const TrainerSetup& setup) { started = setup.weights; };
  SweepOptions options;
  options.population = [](const PlannedCell&) { return 2; };
  const Plan plan = make_plan(config);
  walk(plan, folder / "out", options, behaviour);
  const ParameterLayout layout = layout_of(plan.cells[0]);
  const auto at = [&](const char* name) { return static_cast<std::size_t>(layout[name].offset); };
  const std::size_t in_layer = at("gpt_neox.layers.0.mlp.dense_4h_to_h.weight"), head = at("embed_out.weight");
  REQUIRE(started.size() == 2);
  for (const std::size_t s : {0, 1}) {
    const std::vector<float> drawn = initial_weights(layout, s);
    CHECK(started[s][in_layer] == drawn[in_layer]);
    CHECK(started[s][head] == drawn[head]);
    CHECK(started[s][at("gpt_neox.embed_in.weight")] == 1);
  }
  SweepConfig kept = config;
  kept.train.reset = "none";
  CHECK(plan.cells[0].runs[0].run_id != make_plan(kept).cells[0].runs[0].run_id);
}

TEST_CASE("train_group: curves and weights that cannot be stored end the sweep, they are no failed run", "[sweep]") {
  for (const char* name : {"curves", "weights"}) {
    const TempFolder folder;
    std::ofstream(folder / name) << "a file where a folder should be";
    SweepConfig config = one_run();
    config.eval.every = 1;
    config.store.weights = "all";
    CHECK_THROWS_AS(walk(make_plan(config), folder.path(), {}), Error);
    CHECK(load_records(folder.path()).records.empty());
  }
}
