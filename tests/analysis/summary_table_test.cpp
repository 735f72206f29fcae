#include <sstream>

#include "seedscape/analysis/analyze.h"
#include "support/test.h"

using namespace seedscape;

namespace {

ScoreTable one_axis(std::vector<ScaleScores> scales) {
  ScoreTable table;
  table.settings.success_threshold = 0.5;
  table.settings.resamples = 50;
  table.source = {.planned = 6, .done = 6};
  table.axes = {{.key = "model.width",
                 .with = {{"model.depth", 4}},
                 .views = {{.metric = "exact_match", .length = 60, .bounded = true, .scales = std::move(scales)}}}};
  return table;
}

ScaleScores scale(Value value, std::vector<double> scores) {
  ScaleScores result{.value = std::move(value), .parameters = {}, .seeds = {}, .scores = std::move(scores)};
  for (std::size_t i = 0; i < result.scores.size(); ++i) result.seeds.push_back(static_cast<std::int64_t>(i));
  return result;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace

TEST_CASE("summary_table: a line a scale, under a heading that says what is shown", "[analysis]") {
  const auto table = lines(summary_table(analyze(one_axis({scale(64, {0, 0, 0, 0.5}), scale(1024, {0.5, 1, 1, 1})}))));
  REQUIRE(table.size() == 5);
  CHECK(table[0] == "model.width, model.depth 4: exact_match at length 60, success >= 0.5");
  CHECK(table[1] == "         value     n     mode     mean  success       W2  0.000          1.000");
  CHECK(table[2] == "            64     4    0.025    0.125    0.250    0.791  █         ▃         ");
  CHECK(table[3] == "          1024     4    0.975    0.875    1.000    0.000            ▃        █");
  CHECK(table[4].empty());
}

TEST_CASE("summary_table: the fullest bin is a full block and a single score is never a space", "[analysis]") {
  std::vector<double> scores(100, 0.0);
  scores.push_back(1);
  const auto table = lines(summary_table(analyze(one_axis({scale(1, scores)}))));
  CHECK(table[2].ends_with("  █                  ▁"));
}

TEST_CASE("summary_table: bars have 20 bins whatever the analysis was binned with", "[analysis]") {
  ScoreTable table = one_axis({scale(1, {0, 0.3, 0.3, 1})});
  const std::string usual = lines(summary_table(analyze(table)))[2];
  table.settings.bins = 100;
  const std::string finer = lines(summary_table(analyze(table)))[2];
  CHECK(usual.substr(usual.size() - 30) == finer.substr(finer.size() - 30));
}

TEST_CASE("summary_table: an unbounded view shows its own range and no successes", "[analysis]") {
  ScoreTable table = one_axis({scale("a long name of a scale", {-3, 12}), scale("ä", {4, 5000})});
  table.axes[0].views[0].bounded = false;
  table.axes[0].views[0].length = std::nullopt;
  const auto rows = lines(summary_table(analyze(table)));
  CHECK(rows[0] == "model.width, model.depth 4: exact_match");
  CHECK(rows[1].ends_with("  -3.000         5e+03"));
  CHECK(rows[2].starts_with("a long name...     2  122.075    4.500        -"));
  CHECK(rows[3].starts_with("             ä     2"));
}

TEST_CASE("summary_table: no line is wider than 80 columns", "[analysis]") {
  const auto rows = lines(summary_table(analyze(one_axis({scale("<script>\x1b[31m and more of it", {-1e99, 1e99})}))));
  for (std::size_t i = 1; i < rows.size(); ++i) {
    CHECK(columns(rows[i]) <= 80);
    CHECK(rows[i].find('\x1b') == std::string::npos);
  }
}

TEST_CASE("summary_table: a scale without scores shows dashes and an empty histogram", "[analysis]") {
  const auto rows = lines(summary_table(analyze(one_axis({scale(1, {}), scale(2, {1})}))));
  CHECK(rows[2] == "             1     0        -        -        -        -" + std::string(22, ' '));
}

TEST_CASE("summary_table: it ends with the run counts unless all runs are done", "[analysis]") {
  ScoreTable table = one_axis({scale(1, {1})});
  CHECK(lines(summary_table(analyze(table))).back().empty());
  table.source = {.planned = 6, .done = 2, .diverged = 1, .failed = 0, .pending = 3};
  CHECK(lines(summary_table(analyze(table))).back() == "runs: 6 planned, 2 done, 1 diverged, 0 failed, 3 pending");
}
