// Every config of configs/tasks, found by listing the folder: a new one is tested by its existence.

#include <set>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "seedscape/config/load.h"
#include "seedscape/eval/scores.h"
#include "seedscape/sweep/plan.h"
#include "seedscape/tasks/task.h"
#include "support/test.h"

using namespace seedscape;

namespace {

std::set<std::string> kinds_with_config() {
  std::set<std::string> kinds;
  for (const auto& file : std::filesystem::directory_iterator(config_path("tasks"))) {
    kinds.insert(file.path().stem().string());
  }
  return kinds;
}

std::string task_config(const std::string& kind) { return config_path("tasks/" + kind + ".yaml"); }

}  // namespace

TEST_CASE("task configs: every task has one, named after it, with at least two scales", "[cli]") {
  const auto names = task_names();
  CHECK(kinds_with_config() == std::set(names.begin(), names.end()));
  for (const std::string& kind : kinds_with_config()) {
    INFO(kind);
    const SweepConfig config = load_config(task_config(kind)).config;
    CHECK(config.name == kind);
    CHECK(config.task.kind == kind);
    CHECK(make_plan(config).cells.size() >= 2);
  }
}

TEST_CASE("task configs: a few steps of each give a row for every planned run, length and metric", "[cli]") {
  const TempFolder folder;
  for (const std::string& kind : kinds_with_config()) {
    INFO(kind);
    const Answer answer = seedscape::seedscape(
        folder, {"run", task_config(kind), "--quiet", "--set", "train.steps=20", "--set", "seeds.count=1"});
    INFO(answer.err);
    REQUIRE(answer.code == 0);
    const Plan plan = make_plan(load_config(task_config(kind), {"seeds.count=1"}).config);
    const std::size_t metrics = metric_names(*make_task(plan.cells[0].cell.task)).size();
    const auto rows = static_cast<std::size_t>(run_count(plan)) * (plan.config.eval.lengths.size() * metrics + 1);
    const std::string csv = read_text(folder / ("out/" + kind + "/results.csv"));
    CHECK(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')) == 1 + rows);  // train_loss, the header
  }
}

TEST_CASE("task configs: sample prints training examples and test problems of each", "[cli]") {
  const TempFolder folder;
  for (const std::string& kind : kinds_with_config()) {
    INFO(kind);
    const Answer training = seedscape::seedscape(folder, {"sample", task_config(kind), "--rows", "1"});
    CHECK(training.code == 0);
    CHECK(training.out.find("\n$ ") != std::string::npos);
    CHECK(training.out.find(" > [") != std::string::npos);
    const Answer test = seedscape::seedscape(folder, {"sample", task_config(kind), "--split", "eval", "--rows", "2"});
    CHECK(test.code == 0);
    CHECK(std::count(test.out.begin(), test.out.end(), '\n') == 3);
    CHECK(test.out.find(" > [") != std::string::npos);
  }
}

TEST_CASE("task configs: most seeds of the last scale learn the lengths that they are trained on", "[cli][slow]") {
  const TempFolder folder;
  for (const std::string& kind : kinds_with_config()) {
    INFO(kind);
    const SweepConfig config = load_config(task_config(kind)).config;
    // The main view is in distribution, but for the task that has a metric of its own: its length 0 is.
    const std::int64_t length = config.analysis.metric == "exact_match" ? config.analysis.length : 0;
    REQUIRE(seedscape::seedscape(folder, {"run", task_config(kind), "--quiet"}).code == 0);
    const auto analysis = nlohmann::json::parse(read_text(folder / ("out/" + kind + "/analysis.json")));
    const auto& views = analysis.at("axes").at(0).at("views");
    const auto learnt = std::ranges::find_if(
        views, [&](const auto& view) { return view.at("metric") == "exact_match" && view.at("length") == length; });
    REQUIRE(learnt != views.end());
    CHECK(learnt->at("scales").back().at("success").at("fraction") > 0.5);
  }
}
