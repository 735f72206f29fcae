#include "seedscape/store/plan_file.h"

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/version.h"
#include "seedscape/config/load.h"
#include "seedscape/store/paths.h"
#include "support/temp_folder.h"
#include "support/test.h"

namespace seedscape {

namespace {

/// Two axes that meet in the cell of width 32 and depth 1; two seeds.
Plan example() {
  const SweepConfig config = parse_config(R"(schema: 1
name: small
task: {kind: count, vocabulary: 16, train_length: [1, 4]}
model: {head_width: 8}
axes:
  - {key: model.width, values: [16, 32], with: {model.depth: 1}, zip: {train.learning_rate: [0.002, 0.1]}}
  - {key: model.depth, values: [2, 1], with: {model.width: 32, train.learning_rate: 0.1}}
seeds: {first: 7, count: 2, vary: init}
train: {steps: 20, batch: 4, context: 24, learning_rate: 0.001}
eval: {lengths: [4, 6]}
analysis: {metric: exact_match, length: 6, success_threshold: 0.5}
)",
                                          "small.yaml")
                                 .config;
  Plan plan{config, {}};
  for (Cell& cell : expand_cells(config)) {
    std::vector<PlannedRun> runs = planned_runs(cell, config.seeds);
    plan.cells.push_back({std::move(cell), 1000 + std::ssize(plan.cells), std::move(runs)});
  }
  return plan;
}

std::string refusal(const std::string& text) {
  const TempFolder dir;
  publish(paths::plan(dir.path()), text);
  try {
    read_plan(dir.path());
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::corrupt);
    const std::string start = paths::plan(dir.path()).string() + ": ", message = error.what();
    REQUIRE(message.substr(0, start.size()) == start);
    return message.substr(start.size());
  }
  return "no error";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("plan_file: the runs of a cell go through the sweep's seeds with the ids of their seed pairs", "[store]") {
  const Plan plan = example();
  REQUIRE(plan.cells.size() == 3);
  const std::vector<PlannedRun>& runs = plan.cells[0].runs;
  REQUIRE(runs.size() == 2);
  CHECK(runs[1].seed == 8);
  CHECK(runs[1].seeds == SeedPair{8, 7});  // vary: init keeps the data seed
  CHECK(runs[1].run_id == run_id(plan.cells[0].cell, {8, 7}));
  CHECK(runs[0].run_id != runs[1].run_id);
}

TEST_CASE("plan_file: plan.json names program, config, and each cell with its keys, points and runs", "[store]") {
  const Plan plan = example();
  const auto json = nlohmann::json::parse(plan_text(plan));
  CHECK(json["schema"] == 1);
  CHECK(json["program"] == nlohmann::json{{"name", "seedscape"}, {"version", kVersion}});
  CHECK(json["config"] == to_json(plan.config));
  REQUIRE(json["cells"].size() == 3);
  const nlohmann::json& shared = json["cells"][1];
  CHECK(shared["model"]["width"] == 32);
  CHECK(shared["model"]["depth"] == 1);
  CHECK(shared["train"]["learning_rate"] == 0.1);
  CHECK(shared["task"]["vocabulary"] == 16);
  CHECK(shared["parameters"] == 1001);
  CHECK_FALSE(shared.contains("start"));  // no weights are read
  CHECK(shared["points"].dump() == R"([{"axis":"model.width","value":32},{"axis":"model.depth","value":1}])");
  CHECK(shared["runs"][0] ==
        nlohmann::json{{"seed", 7}, {"init_seed", 7}, {"data_seed", 7}, {"run_id", plan.cells[1].runs[0].run_id}});
}

TEST_CASE("plan_file: a plan reads back the same and is written the same again", "[store]") {
  const TempFolder dir;
  const Plan plan = example();
  publish(paths::plan(dir.path()), plan_text(plan));
  const Plan back = read_plan(dir.path());
  CHECK(back.config == plan.config);
  REQUIRE(back.cells.size() == plan.cells.size());
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    CHECK(back.cells[i].cell.model == plan.cells[i].cell.model);
    CHECK(back.cells[i].cell.train == plan.cells[i].cell.train);
    CHECK(back.cells[i].cell.points == plan.cells[i].cell.points);
    CHECK(back.cells[i].parameters == plan.cells[i].parameters);
    CHECK(back.cells[i].runs[1].run_id == plan.cells[i].runs[1].run_id);
  }
  CHECK(plan_text(back) == plan_text(plan));
}

TEST_CASE("plan_file: a plan keeps the digest of the weights that it starts from, not their folder", "[store]") {
  const TempFolder dir;
  Plan plan = example();
  plan.config.train.from = "gone/long/since";
  for (PlannedCell& planned : plan.cells) {
    planned.cell.train.from = plan.config.train.from;
    planned.cell.start = "d1";
    planned.runs = planned_runs(planned.cell, plan.config.seeds);
  }
  publish(paths::plan(dir.path()), plan_text(plan));
  CHECK(read_plan(dir.path()).cells[0].cell.start == "d1");
  CHECK(read_plan(dir.path()).cells[0].runs[0].run_id == plan.cells[0].runs[0].run_id);
  CHECK(refusal(replaced(plan_text(plan), "\"start\": \"d1\"", "\"start\": \"d2\"")) ==
        "its cells and run ids are not those of its config");
}

TEST_CASE("plan_file: keys that a newer version added do not spoil an older plan", "[store]") {
  const TempFolder dir;
  const Plan plan = example();
  std::string older = plan_text(plan);
  for (const std::string added : {"\"first_step\": 0,\n", "\"every\": 0,\n"}) {
    REQUIRE(older.find(added) != std::string::npos);
    for (std::size_t at; (at = older.find(added)) != std::string::npos;) older.erase(at, added.size());
  }
  publish(paths::plan(dir.path()), older);
  CHECK(plan_text(read_plan(dir.path())) == plan_text(plan));
}

TEST_CASE("plan_file: a folder without a plan is a wrong argument, not damage", "[store]") {
  const TempFolder dir;
  for (const auto& folder : {dir.path(), dir / "none"}) {
    try {
      read_plan(folder);
      FAIL("a plan came out of nothing");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      CHECK(error.what() == folder.string() + ": not a result folder (it has no plan.json)");
    }
  }
}

TEST_CASE("plan_file: a plan that does not follow from its config is damaged", "[store]") {
  const Plan plan = example();
  const std::string text = plan_text(plan), damaged = "its cells and run ids are not those of its config";
  const std::string id = plan.cells[2].runs[1].run_id;
  CHECK(refusal(replaced(text, id, std::string(32, '0'))) == damaged);
  CHECK(refusal(replaced(text, "\"count\": 2", "\"count\": 3")) == damaged);
  CHECK(refusal(replaced(text, "\"count\": 2", "\"count\": 3000000")) == damaged);  // at once: no id is made
  CHECK(refusal(replaced(text, "\"steps\": 20", "\"steps\": 21")) == damaged);
  CHECK(refusal(replaced(text, "\"parameters\": 1000", "\"parameters\": -1")) ==
        "\"parameters\" is no unsigned 64-bit integer");
  Plan fewer = plan;
  fewer.cells.pop_back();
  CHECK(refusal(plan_text(fewer)) == damaged);
  Plan more = plan;
  more.cells.push_back(more.cells[0]);
  CHECK(refusal(plan_text(more)) == damaged);
}

TEST_CASE("plan_file: a plan of another schema, cut, or with a config that does not hold is damaged", "[store]") {
  const std::string text = plan_text(example());
  CHECK(refusal(replaced(text, "\"schema\": 1", "\"schema\": 2")) ==
        "written in schema 2; this version of seedscape reads schema 1");
  CHECK(refusal(text.substr(0, text.size() / 2)).rfind("not JSON: ", 0) == 0);
  CHECK(refusal("{}") == "no member \"schema\"");
  CHECK(refusal(replaced(text, "\"batch\": 4", "\"batch\": 0")).find("train.batch") != std::string::npos);
}

}  // namespace seedscape
