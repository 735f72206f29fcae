#include "seedscape/analysis/analyze.h"

#include <cmath>

#include "support/test.h"

using namespace seedscape;
using Json = nlohmann::ordered_json;

namespace {

ScaleScores scale(int value, std::vector<std::int64_t> seeds, std::vector<double> scores, std::int64_t diverged = 0) {
  return {.value = value, .parameters = 100 * value, .diverged = diverged, .seeds = seeds, .scores = scores};
}

ScoreTable table_of(std::vector<ScaleScores> scales, bool bounded = true) {
  ScoreTable table;
  table.settings.success_threshold = 0.5;
  table.settings.bins = 4;
  table.settings.resamples = 200;
  table.axes = {
      {.key = "model.width",
       .with = {{"model.depth", 4}},
       .views = {{.metric = bounded ? "exact_match" : "nll", .length = 60, .bounded = bounded, .scales = scales}}}};
  return table;
}

ScoreTable three_scales() {
  return table_of({scale(1, {0, 1, 2, 3}, {0, 0, 0.25, 0.75}), scale(2, {0, 1, 2, 9}, {0, 1, 0.25, 0.75}),
                   scale(4, {0, 1, 2}, {0, 1, 0.75})});
}

const Json& first_view(const Json& analysis) { return analysis["axes"][0]["views"][0]; }
const Json& scale_of(const Json& analysis, std::size_t s) { return first_view(analysis)["scales"][s]; }

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [key, value] : object.items()) names.push_back(key);
  return names;
}

}  // namespace

TEST_CASE("analyze: the keys are the documented ones in the documented order", "[analysis]") {
  using Keys = std::vector<std::string>;
  const Json analysis = analyze(three_scales());
  CHECK(keys(analysis) == Keys{"schema", "program", "settings", "source", "axes"});
  CHECK(keys(analysis["settings"]) == Keys{"bins", "success_threshold", "bootstrap", "formulas"});
  CHECK(keys(analysis["settings"]["bootstrap"]) == Keys{"resamples", "level", "method", "seed"});
  CHECK(keys(analysis["source"]) == Keys{"planned", "done", "diverged", "failed", "pending"});
  CHECK(keys(analysis["axes"][0]) == Keys{"key", "with", "views"});
  CHECK(keys(first_view(analysis)) == Keys{"metric", "length", "scales", "seeds", "chance", "modality_onset",
                                           "mode_jump", "seeds_needed", "forecast"});
  CHECK(keys(scale_of(analysis, 0)) == Keys{"value", "params", "n", "diverged", "scores", "histogram", "mode", "median",
                                            "mean", "success", "mean_of_successes", "w2_to_largest", "kde_mode",
                                            "half_sample_mode", "thresholds", "modality", "learnt"});
  CHECK(keys(scale_of(analysis, 0)["modality"]) ==
        Keys{"dip", "silverman", "mixture", "modes", "antimode", "bimodality_coefficient"});
  CHECK(keys(first_view(analysis)["seeds"]) ==
        Keys{"seed", "breakthroughness", "linearity", "improvement", "clipped_100", "incomplete"});
}

TEST_CASE("analyze: every statistic with a value of its own has its formula in the settings", "[analysis]") {
  const Json analysis = analyze(three_scales());
  const Json& formulas = analysis["settings"]["formulas"];
  for (const std::string& key : keys(scale_of(analysis, 0))) {
    if (key != "value" && key != "params" && key != "n" && key != "diverged" && key != "scores") {
      CHECK(formulas.contains(key));
    }
  }
  for (const std::string key : {"breakthroughness", "linearity", "improvement"}) CHECK(formulas.contains(key));
}

TEST_CASE("analyze: a scale of four seeds has the statistics of a hand calculation", "[analysis]") {
  const Json analysis = analyze(three_scales());
  const Json& first = scale_of(analysis, 0);  // 0 0 0.25 0.75
  CHECK(first["value"] == 1);
  CHECK(first["params"] == 100);
  CHECK(first["n"] == 4);
  CHECK(first["scores"]["seed"] == Json({0, 1, 2, 3}));
  CHECK(first["scores"]["value"] == Json({0.0, 0.0, 0.25, 0.75}));
  CHECK(first["histogram"]["edges"] == Json({0.0, 0.25, 0.5, 0.75, 1.0}));
  CHECK(first["histogram"]["counts"] == Json({2, 1, 0, 1}));
  CHECK(first["mode"] == 0.125);
  CHECK(first["median"] == 0.125);
  CHECK(first["mean"]["value"] == 0.25);
  CHECK(first["success"]["threshold"] == 0.5);
  CHECK(first["success"]["count"] == 1);
  CHECK(first["success"]["fraction"] == 0.25);
  CHECK(first["success"]["low"] < 0.25);
  CHECK(first["success"]["high"] > 0.25);
  CHECK(first["mean_of_successes"] == Json({{"value", 0.75}, {"low", 0.75}, {"high", 0.75}}));
  CHECK(first["half_sample_mode"] == 0);
  // Against 0 0.75 1: breakpoints at 1/4, 1/3, 1/2, 2/3, 3/4; gaps 0, 0, 0.75, 0.5, 0.75, 0.25.
  const double expected = std::sqrt(0.5625 / 6 + 0.25 / 6 + 0.5625 / 12 + 0.0625 / 4);
  CHECK(first["w2_to_largest"]["value"].get<double>() == Approx(expected));
  CHECK(first["w2_to_largest"]["low"] < expected);
  CHECK(first["w2_to_largest"]["high"] > expected);
}

TEST_CASE("analyze: a score at the threshold is a success", "[analysis]") {
  const Json analysis = analyze(table_of({scale(1, {0, 1, 2}, {0.49999, 0.5, 1})}));
  CHECK(scale_of(analysis, 0)["success"]["count"] == 2);
  CHECK(scale_of(analysis, 0)["mean_of_successes"]["value"] == 0.75);
}

TEST_CASE("analyze: the largest scale is at distance 0 from itself", "[analysis]") {
  const Json analysis = analyze(three_scales());
  for (const std::string key : {"value", "low", "high"}) CHECK(scale_of(analysis, 2)["w2_to_largest"][key] == 0);
}

TEST_CASE("analyze: only seeds present at every scale have a curve, the others are listed", "[analysis]") {
  const Json analysis = analyze(three_scales());
  const Json& seeds = first_view(analysis)["seeds"];  // curves 0 0 0, 0 1 1 and 0.25 0.25 0.75
  CHECK(seeds["seed"] == Json({0, 1, 2}));
  CHECK(seeds["incomplete"] == Json({3, 9}));
  CHECK(seeds["improvement"] == Json({0.0, 1.0, 0.5}));
  CHECK(seeds["breakthroughness"][0] == 0);
  CHECK(seeds["breakthroughness"][1].get<double>() == Approx(std::sqrt(2)));
  CHECK(seeds["linearity"][2].get<double>() == Approx(std::sqrt(2)));
}

TEST_CASE("analyze: an infinite breakthroughness is text, and 100 where it is clipped", "[analysis]") {
  const Json analysis =
      analyze(table_of({scale(1, {7}, {0}), scale(2, {7}, {0}), scale(3, {7}, {1}), scale(4, {7}, {1})}));
  const Json& seeds = first_view(analysis)["seeds"];
  CHECK(seeds["breakthroughness"] == Json::array({"Infinity"}));
  CHECK(seeds["clipped_100"]["breakthroughness"] == Json::array({100.0}));
  CHECK(seeds["clipped_100"]["linearity"] == seeds["linearity"]);
}

TEST_CASE("analyze: two scales give an improvement but no shape", "[analysis]") {
  const Json analysis = analyze(table_of({scale(1, {7}, {0.25}), scale(2, {7}, {1})}));
  const Json& seeds = first_view(analysis)["seeds"];
  CHECK(seeds["improvement"] == Json::array({0.75}));
  CHECK(seeds["breakthroughness"] == Json::array({nullptr}));
  CHECK(seeds["linearity"] == Json::array({nullptr}));
  CHECK(seeds["clipped_100"]["breakthroughness"] == Json::array({nullptr}));
}

TEST_CASE("analyze: without a success their mean is null, the share is 0", "[analysis]") {
  const Json analysis = analyze(table_of({scale(1, {0, 1}, {0, 0.25})}));
  CHECK(scale_of(analysis, 0)["success"]["fraction"] == 0);
  CHECK(scale_of(analysis, 0)["mean_of_successes"] == Json({{"value", nullptr}, {"low", nullptr}, {"high", nullptr}}));
}

TEST_CASE("analyze: an unbounded view bins over all its scales and has no successes", "[analysis]") {
  const Json analysis = analyze(table_of({scale(1, {0, 1}, {2, 10}), scale(2, {0, 1}, {4, 6})}, false));
  for (std::size_t s : {0u, 1u}) {
    CHECK(scale_of(analysis, s)["histogram"]["edges"] == Json({2.0, 4.0, 6.0, 8.0, 10.0}));
    CHECK(scale_of(analysis, s)["success"].is_null());
    CHECK(scale_of(analysis, s)["mean_of_successes"].is_null());
  }
  CHECK(scale_of(analysis, 0)["histogram"]["counts"] == Json({1, 0, 0, 1}));
  CHECK(scale_of(analysis, 1)["histogram"]["counts"] == Json({0, 1, 1, 0}));
}

TEST_CASE("analyze: a diverged run is in n of every view, once", "[analysis]") {
  CHECK(scale_of(analyze(table_of({scale(1, {0, 1, 2}, {0, 0.5, 1}, 1)})), 0)["n"] == 3);   // as a score of 0
  CHECK(scale_of(analyze(table_of({scale(1, {1, 2}, {0.5, 3}, 1)}, false)), 0)["n"] == 3);  // without a score
}

TEST_CASE("analyze: a scale without scores has nulls, not numbers", "[analysis]") {
  for (const bool bounded : {true, false}) {
    const Json analysis = analyze(table_of({scale(1, {0}, {0.5}), scale(2, {}, {})}, bounded));
    const Json& empty = scale_of(analysis, 1);
    CHECK(empty["n"] == 0);
    CHECK(empty["histogram"]["counts"] == Json({0, 0, 0, 0}));
    for (const std::string key : {"mode", "median", "kde_mode", "half_sample_mode"}) CHECK(empty[key].is_null());
    CHECK(empty["mean"]["value"].is_null());
    CHECK(empty["w2_to_largest"]["value"].is_null());
    CHECK(scale_of(analysis, 0)["w2_to_largest"]["value"].is_null());
    CHECK(first_view(analysis)["seeds"]["incomplete"] == Json::array({0}));
  }
  CHECK(scale_of(analyze(table_of({scale(1, {}, {})}, false)), 0)["mode"].is_null());
  CHECK(scale_of(analyze(table_of({scale(1, {}, {})})), 0)["success"]["fraction"].is_null());
}

TEST_CASE("analyze: a view keeps its numbers when other views come or go", "[analysis]") {
  const ScoreTable alone = three_scales();
  ScoreTable joined = alone;
  ViewScores other = joined.axes[0].views[0];
  other.scales[0].seeds.pop_back();
  other.scales[0].scores.pop_back();
  joined.axes[0].views.insert(joined.axes[0].views.begin(), other);
  const Json before = analyze(alone), after = analyze(joined);
  for (const std::string key : {"scales", "seeds", "chance"})
    CHECK(after["axes"][0]["views"][1][key] == first_view(before)[key]);
}

TEST_CASE("analyze: equal tables give equal bytes, another analysis seed other intervals", "[analysis]") {
  ScoreTable table = three_scales();
  const std::string text = analyze(table).dump();
  CHECK(text == analyze(table).dump());
  table.settings.seed = 1;
  CHECK(scale_of(analyze(table), 1)["mean"]["low"] != scale_of(Json::parse(text), 1)["mean"]["low"]);
  CHECK(scale_of(analyze(table), 1)["mean"]["value"] == scale_of(Json::parse(text), 1)["mean"]["value"]);
}
