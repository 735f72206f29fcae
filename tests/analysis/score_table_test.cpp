#include <algorithm>
#include <limits>

#include "seedscape/analysis/analyze.h"
#include "support/test.h"

using namespace seedscape;

namespace {

/// Widths 32, 8 and 16 in that order with two seeds each, and depth 1 and 2, where depth 2 is the cell of width 8.
Plan small_plan() {
  Plan plan;
  plan.config.axes = {{.key = "model.width", .values = {32, 8, 16}, .with = {{"model.depth", 2}}, .zip = {}},
                      {.key = "model.depth", .values = {1, 2}, .with = {}, .zip = {}}};
  plan.config.eval.lengths = {4, 8};
  plan.config.analysis.metric = "exact_match";
  plan.config.analysis.length = 8;
  const std::vector<std::vector<AxisPoint>> points{{{0, 0}}, {{0, 1}, {1, 1}}, {{0, 2}}, {{1, 0}}};
  for (std::size_t c = 0; c < points.size(); ++c) {
    PlannedCell& cell = plan.cells.emplace_back();
    cell.cell.points = points[c];
    cell.parameters = 1000 + static_cast<std::int64_t>(c);
    for (std::int64_t seed = 5; seed < 7; ++seed) {
      cell.runs.push_back({seed, {}, "cell" + std::to_string(c) + "-seed" + std::to_string(seed)});
    }
  }
  return plan;
}

SeedRecord finished(const std::string& run_id, double exact_match_at_8) {
  SeedRecord record;
  record.run_id = run_id;
  record.train_loss = 0.125;
  record.lengths = {{4, {{"exact_match", 1.0}, {"nll", 0.25}}}, {8, {{"exact_match", exact_match_at_8}, {"nll", 2.5}}}};
  return record;
}

SeedRecord ended(const std::string& run_id, RunStatus status) {
  SeedRecord record;
  record.run_id = run_id;
  record.status = status;
  return record;
}

std::vector<std::string> view_names(const AxisScores& axis) {
  std::vector<std::string> names;
  for (const ViewScores& view : axis.views) {
    names.push_back(view.metric + (view.length ? " " + std::to_string(*view.length) : ""));
  }
  return names;
}

const ViewScores& view(const ScoreTable& table, std::size_t axis, const std::string& name) {
  const auto names = view_names(table.axes.at(axis));
  return table.axes[axis].views.at(
      static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
}

}  // namespace

TEST_CASE("score_table: the main view comes first, then every metric at every length, then the training loss",
          "[analysis]") {
  const ScoreTable table = score_table(small_plan(), {finished("cell0-seed5", 0.5)});
  CHECK(view_names(table.axes.at(0)) ==
        std::vector<std::string>{"exact_match 8", "exact_match 4", "nll 4", "nll 8", "train_loss"});
  CHECK(view(table, 0, "exact_match 4").bounded);
  CHECK_FALSE(view(table, 0, "nll 8").bounded);
  CHECK_FALSE(view(table, 0, "train_loss").bounded);
}

TEST_CASE("score_table: scores keep their pair of seeds in a grid, and only there", "[analysis]") {
  Plan plan = small_plan();
  plan.cells[0].runs[1].seeds = {.init = 3, .data = 9};
  const std::vector<SeedRecord> records{finished("cell0-seed6", 0.5)};
  CHECK(view(score_table(plan, records), 0, "exact_match 8").scales.back().pairs.empty());
  plan.config.seeds.vary = "grid";
  CHECK(view(score_table(plan, records), 0, "exact_match 8").scales.back().pairs ==
        std::vector<SeedPair>{{.init = 3, .data = 9}});
}

TEST_CASE("score_table: scales ascend by value whatever order the axis lists them in", "[analysis]") {
  const ScoreTable table = score_table(small_plan(), {finished("cell1-seed5", 0.25), finished("cell0-seed6", 0.75)});
  const auto& scales = view(table, 0, "exact_match 8").scales;
  REQUIRE(scales.size() == 3);
  CHECK(scales[0].value == 8);
  CHECK(scales[1].value == 16);
  CHECK(scales[2].value == 32);
  CHECK(scales[0].parameters == 1001);
  CHECK(scales[0].scores == std::vector<double>{0.25});
  CHECK(scales[1].scores.empty());
  CHECK(scales[2].seeds == std::vector<std::int64_t>{6});
  CHECK(table.axes[0].with.at("model.depth") == 2);
}

TEST_CASE("score_table: scales that are no numbers keep the order of the config", "[analysis]") {
  Plan plan = small_plan();
  plan.config.axes[0].values = {"sequential", "parallel", "mixed"};
  const ScoreTable table = score_table(plan, {});
  CHECK(table.axes[0].views[0].scales[0].value == "sequential");
  CHECK(table.axes[0].views[0].scales[1].value == "parallel");
}

TEST_CASE("score_table: a cell on two axes gives its scores to both and counts its runs once", "[analysis]") {
  const ScoreTable table = score_table(small_plan(), {finished("cell1-seed5", 0.25)});
  CHECK(view(table, 0, "exact_match 8").scales[0].scores == std::vector<double>{0.25});
  CHECK(view(table, 1, "exact_match 8").scales[1].scores == std::vector<double>{0.25});
  CHECK(table.source.planned == 8);
  CHECK(table.source.done == 1);
}

TEST_CASE("score_table: every planned run is done, diverged, failed or pending", "[analysis]") {
  const ScoreTable table =
      score_table(small_plan(), {finished("cell0-seed5", 1), finished("cell0-seed6", 1), finished("of another plan", 1),
                                 ended("cell1-seed5", RunStatus::diverged), ended("cell2-seed5", RunStatus::failed)});
  CHECK(table.source.planned == 8);
  CHECK(table.source.done == 2);
  CHECK(table.source.diverged == 1);
  CHECK(table.source.failed == 1);
  CHECK(table.source.pending == 4);
}

TEST_CASE("score_table: a diverged run is 0 in bounded metrics and has no loss", "[analysis]") {
  const ScoreTable table =
      score_table(small_plan(), {finished("cell1-seed5", 0.5), ended("cell1-seed6", RunStatus::diverged)});
  const ScaleScores& bounded = view(table, 0, "exact_match 8").scales[0];
  CHECK(bounded.seeds == std::vector<std::int64_t>{5, 6});
  CHECK(bounded.scores == std::vector<double>{0.5, 0});
  CHECK(bounded.diverged == 1);
  for (const std::string name : {"nll 8", "train_loss"}) {
    const ScaleScores& loss = view(table, 0, name).scales[0];
    CHECK(loss.seeds == std::vector<std::int64_t>{5});
    CHECK(loss.diverged == 1);
  }
}

TEST_CASE("score_table: a score that is not finite counts as diverged in its view", "[analysis]") {
  SeedRecord record = finished("cell1-seed5", std::numeric_limits<double>::quiet_NaN());
  record.lengths[1].scores[1].second = std::numeric_limits<double>::infinity();
  const ScoreTable table = score_table(small_plan(), {record});
  CHECK(view(table, 0, "exact_match 8").scales[0].scores == std::vector<double>{0});
  CHECK(view(table, 0, "exact_match 8").scales[0].diverged == 1);
  CHECK(view(table, 0, "nll 8").scales[0].scores.empty());
  CHECK(view(table, 0, "nll 8").scales[0].diverged == 1);
  CHECK(view(table, 0, "nll 4").scales[0].scores == std::vector<double>{0.25});
}

TEST_CASE("score_table: a failed run and a length not evaluated yet are no scores", "[analysis]") {
  SeedRecord short_of_8 = finished("cell1-seed5", 0.5);
  short_of_8.lengths.pop_back();
  const ScoreTable table = score_table(small_plan(), {short_of_8, ended("cell1-seed6", RunStatus::failed)});
  CHECK(view(table, 0, "exact_match 8").scales[0].scores.empty());
  CHECK(view(table, 0, "exact_match 4").scales[0].seeds == std::vector<std::int64_t>{5});
}

TEST_CASE("score_table: a run that scores too low at the longest trained test length has not learnt", "[analysis]") {
  Plan plan = small_plan();
  for (PlannedCell& cell : plan.cells) cell.cell.task.train_length = {1, 7};
  SeedRecord low = finished("cell0-seed5", 1), edge = finished("cell0-seed6", 0);
  low.lengths[0].scores[0].second = 0.89;  // exact match at length 4; 8 was not trained
  edge.lengths[0].scores[0].second = kLearntScore;
  const ScoreTable table =
      score_table(plan, {low, edge, finished("cell1-seed5", 0), ended("cell1-seed6", RunStatus::diverged)});
  for (const ViewScores& view : table.axes[0].views) {
    CHECK(*view.scales[2].unlearnt == std::vector<std::int64_t>{5});  // width 32
    CHECK(*view.scales[0].unlearnt == std::vector<std::int64_t>{6});  // diverged
  }
}

TEST_CASE("score_table: without a trained test length the training loss tells who has not learnt", "[analysis]") {
  Plan plan = small_plan();
  for (PlannedCell& cell : plan.cells) cell.cell.task.train_length = {1, 3};
  PlannedCell& cell = plan.cells[0];
  cell.runs.clear();
  std::vector<SeedRecord> records;
  // Losses 1, 2, 4, 8 and one more: in powers of 2 the quartiles of 0 1 2 3 x are 1 and 3, the fence is at 3 + 3 2 = 9.
  for (const double loss : {1.0, 2.0, 4.0, 8.0, 0.0}) {
    const auto seed = static_cast<std::int64_t>(records.size());
    cell.runs.push_back({seed, {}, "run" + std::to_string(seed)});
    records.push_back(finished("run" + std::to_string(seed), 1));
    records.back().train_loss = loss;
  }
  records[4].train_loss = 520;
  CHECK(*score_table(plan, records).axes[0].views[0].scales[2].unlearnt == std::vector<std::int64_t>{4});
  records[4].train_loss = 500;
  CHECK(score_table(plan, records).axes[0].views[0].scales[2].unlearnt->empty());
  records.resize(3);
  CHECK_FALSE(score_table(plan, records).axes[0].views[0].scales[2].unlearnt);  // too few to judge by
}

TEST_CASE("score_table: exact match is known to be a share of the test problems, other metrics are not", "[analysis]") {
  const Plan plan = small_plan();
  const ScoreTable table =
      score_table(plan, {finished("cell0-seed5", 1)}, [](const Cell&, std::int64_t length) { return 100 + length; });
  CHECK(view(table, 0, "exact_match 8").scales[0].test_problems == 108);
  CHECK(view(table, 0, "exact_match 4").scales[0].test_problems == 104);
  CHECK_FALSE(view(table, 0, "nll 4").scales[0].test_problems);
  CHECK_FALSE(view(score_table(plan, {}), 0, "exact_match 8").scales[0].test_problems);
}
