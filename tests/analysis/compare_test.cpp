#include "seedscape/analysis/compare.h"

#include <cmath>

#include "seedscape/base/error.h"
#include "support/test.h"

using namespace seedscape;

namespace {

ScaleScores scale(const Value& value, const std::vector<double>& scores, std::int64_t diverged = 0) {
  ScaleScores scale{.value = value, .parameters = {}, .diverged = diverged, .seeds = {}, .scores = scores};
  for (std::size_t i = 0; i < scores.size(); ++i) scale.seeds.push_back(static_cast<std::int64_t>(i));
  return scale;
}

AxisScores axis(const std::string& key, const std::vector<ScaleScores>& scales,
                const std::map<std::string, Value>& with = {}) {
  return {.key = key, .with = with, .views = {{.metric = "em", .length = 6, .bounded = true, .scales = scales}}};
}

ScoreTable table(const std::vector<AxisScores>& axes) {
  AnalysisConfig settings;
  settings.metric = "em";
  settings.length = 6;
  settings.success_threshold = 0.5;
  return {.source = {}, .settings = settings, .axes = axes};
}

std::string refusal(const ScoreTable& a, const ScoreTable& b) {
  try {
    compare(a, b);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("compare: a cell has n, success and mean of both sides, their difference and the test", "[analysis]") {
  const auto result = compare(table({axis("model.depth", {scale(2, {0.75, 0.5, 0, 0.25}, 1)})}),
                              table({axis("model.depth", {scale(2, {1, 1})})}));
  const auto& shown = result["axes"].at(0);
  CHECK(shown["key"] == "model.depth");
  CHECK(shown["metric"] == "em");
  CHECK(shown["length"] == 6);
  const auto& cell = shown["cells"].at(0);
  CHECK(cell["value"] == 2);
  CHECK(cell["a"]["n"] == 4);
  CHECK(cell["a"]["diverged"] == 1);
  CHECK(cell["a"]["mean"] == 0.375);
  CHECK(cell["a"]["success"]["count"] == 2);  // a score equal to the threshold is a success
  CHECK(cell["a"]["success"]["fraction"] == 0.5);
  CHECK(cell["b"]["success"]["fraction"] == 1.0);
  CHECK(cell["success_difference"]["value"] == -0.5);
  // Wilson: 2 of 4 is [0.150, 0.850], 2 of 2 is [0.342, 1].
  CHECK(cell["success_difference"]["low"].get<double>() == Approx(-0.85).margin(1e-3));
  CHECK(cell["success_difference"]["high"].get<double>() == Approx(-0.5 + std::hypot(0.350, 0.658)).margin(1e-3));
  CHECK(cell["ks"]["statistic"] == 1.0);
  CHECK(cell["ks"]["p"].get<double>() == Approx(2.0 / 15));  // two of the 15 orders
  CHECK(cell["ks"]["method"] == "exact");
}

TEST_CASE("compare: cells are those that both sides have, in the first one's order", "[analysis]") {
  const auto result =
      compare(table({axis("model.depth", {scale(1, {0}), scale(2, {0}), scale(4, {1})}), axis("model.width", {})}),
              table({axis("train.steps", {scale(1, {0})}), axis("model.depth", {scale(4, {1}), scale(2.0, {0})})}));
  REQUIRE(result["axes"].size() == 1);
  const auto& cells = result["axes"][0]["cells"];
  REQUIRE(cells.size() == 2);
  CHECK(cells[0]["value"] == 2);
  CHECK(cells[1]["value"] == 4);
}

TEST_CASE("compare: the last word of a key stands for the key, a part of a word does not", "[analysis]") {
  const ScoreTable ours = table({axis("model.depth", {scale(2, {0})})});
  CHECK(compare(ours, table({axis("depth", {scale(2, {0})})}))["axes"].size() == 1);
  CHECK(compare(table({axis("depth", {scale(2, {0})})}), ours)["axes"].size() == 1);
  CHECK(refusal(ours, table({axis("epth", {scale(2, {0})})})) == "nothing to compare: no value of any axis is in both");
}

TEST_CASE("compare: of two axes over one key the one with the same fixed keys is taken", "[analysis]") {
  const AxisScores wide = axis("model.depth", {scale(2, {1})}, {{"model.width", 64}}),
                   narrow = axis("model.depth", {scale(2, {0})}, {{"model.width", 32}});
  const auto mean_beside = [](const AxisScores& a, const ScoreTable& b) {
    return compare(table({a}), b)["axes"].at(0)["cells"].at(0)["b"]["mean"];
  };
  CHECK(mean_beside(wide, table({wide, narrow})) == 1.0);
  CHECK(mean_beside(wide, table({narrow, wide})) == 1.0);
  CHECK(mean_beside(narrow, table({wide, narrow})) == 0.0);
  CHECK(mean_beside(axis("depth", {scale(2, {0})}), table({wide, narrow})) == 1.0);
}

TEST_CASE("compare: of a sweep's many views the wanted metric and length is taken", "[analysis]") {
  ScoreTable ours = table({axis("model.depth", {scale(2, {0})})});
  auto& views = ours.axes[0].views;
  views.push_back({.metric = "em", .length = 8, .bounded = true, .scales = {scale(2, {0.25})}});
  views.push_back({.metric = "em", .length = 0, .bounded = true, .scales = {scale(2, {0.75})}});
  views.push_back({.metric = "nll", .length = 6, .bounded = false, .scales = {scale(2, {3})}});
  views.push_back({.metric = "train_loss", .length = {}, .bounded = false, .scales = {scale(2, {9})}});
  const auto mean_of = [&](const std::string& metric, std::int64_t length) {
    ours.settings.metric = metric;
    ours.settings.length = length;
    return compare(ours, ours)["axes"].at(0)["cells"].at(0)["a"]["mean"].get<double>();
  };
  CHECK(mean_of("em", 6) == 0);
  CHECK(mean_of("em", 8) == 0.25);
  CHECK(mean_of("nll", 6) == 3);
  CHECK(mean_of("em", 0) == 0.75);
  CHECK(mean_of("train_loss", -1) == 9);
  ours.settings.length = 7;
  ours.settings.metric = "em";
  CHECK(refusal(ours, ours) == "axis model.depth has no scores of em at length 7");
}

TEST_CASE("compare: where there is nothing to count there is no number", "[analysis]") {
  ScoreTable ours = table({axis("model.depth", {scale(1, {0.5}), scale(2, {})})});
  const auto pending = compare(ours, ours)["axes"].at(0)["cells"].at(1);
  CHECK(pending["a"]["n"] == 0);
  CHECK(pending["a"]["success"].is_null());
  CHECK(pending["ks"].is_null());
  CHECK(pending["success_difference"].is_null());

  ours.axes[0].views[0].bounded = false;
  const auto loss = compare(table({axis("model.depth", {scale(1, {0.5})})}), ours)["axes"].at(0)["cells"].at(0);
  CHECK(loss["a"]["success"].is_null());
  CHECK(loss["success_difference"].is_null());
  CHECK(loss["ks"]["p"] == 1.0);
}
