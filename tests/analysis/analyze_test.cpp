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

TEST_CASE("analyze: every threshold has its share of successes and their mean, the config's own among them",
          "[analysis]") {
  ScoreTable table = table_of({scale(1, {0, 1, 2, 3}, {0, 0.3, 0.5, 0.9})});
  table.settings.success_threshold = 0.42;
  const Json analysis = analyze(table);
  const Json& thresholds = scale_of(analysis, 0)["thresholds"];
  REQUIRE(thresholds["threshold"].size() == 21);
  CHECK(thresholds["threshold"][0] == 0.05);
  CHECK(thresholds["threshold"][8] == 0.42);
  CHECK(thresholds["threshold"][20] == 1.0);
  CHECK(thresholds["success"][0] == 0.75);
  CHECK(thresholds["mean_of_successes"][0].get<double>() == Approx(1.7 / 3));
  CHECK(thresholds["success"][8] == scale_of(analysis, 0)["success"]["fraction"]);
  CHECK(thresholds["low"][8] == scale_of(analysis, 0)["success"]["low"]);
  CHECK(thresholds["success"][20] == 0);
  CHECK(thresholds["mean_of_successes"][20].is_null());
  CHECK(scale_of(analyze(table_of({scale(1, {0, 1}, {2, 3})}, false)), 0)["thresholds"].is_null());
}

TEST_CASE("analyze: flagged runs are named, and the statistics beside them are those of the others", "[analysis]") {
  ScoreTable table = three_scales();
  auto& scales = table.axes[0].views[0].scales;
  for (ScaleScores& s : scales) s.unlearnt = std::vector<std::int64_t>{};
  scales[0].unlearnt = {1, 3};  // scores 0 and 0.75
  ScoreTable others = three_scales();
  others.axes[0].views[0].scales[0] = scale(1, {0, 2}, {0, 0.25});
  const Json with_gate = analyze(table), without = analyze(others);
  const Json& learnt = scale_of(with_gate, 0)["learnt"];
  CHECK(learnt["n"] == 2);
  CHECK(learnt["flagged"] == Json({1, 3}));
  for (const std::string key : {"mode", "median", "success"}) CHECK(learnt[key] == scale_of(without, 0)[key]);
  for (const std::string key : {"value", "low", "high"}) {
    CHECK(learnt["mean"][key] == scale_of(without, 0)["mean"][key]);
    CHECK(learnt["w2_to_largest"][key] == scale_of(without, 0)["w2_to_largest"][key]);
  }
  CHECK(scale_of(with_gate, 0)["mean"] == scale_of(analyze(three_scales()), 0)["mean"]);
  CHECK(scale_of(analyze(three_scales()), 0)["learnt"].is_null());
}

TEST_CASE("analyze: the onset is the first scale with two modes, the jump the scale whose mode rises most",
          "[analysis]") {
  std::vector<ScaleScores> scales;
  for (int s = 0; s < 4; ++s) {
    ScaleScores sample = scale(s + 1, {}, {});
    for (int k = 0; k < 60; ++k) {
      sample.seeds.push_back(k);
      sample.scores.push_back(k < 20 * s ? 0.9 + 0.001 * k : 0.0015 * k);
    }
    scales.push_back(sample);
  }
  const Json analysis = analyze(table_of(scales));
  for (std::size_t s : {0u, 3u}) CHECK(scale_of(analysis, s)["modality"]["dip"]["p_adjusted"] > 0.05);
  for (std::size_t s : {1u, 2u}) {
    const Json& dip = scale_of(analysis, s)["modality"]["dip"];
    CHECK(dip["p_adjusted"] < 0.05);
    CHECK(dip["p_adjusted"].get<double>() ==
          Approx(2 * dip["p"].get<double>()));  // two of four scales, equally unlikely
    CHECK(scale_of(analysis, s)["modality"]["modes"].size() == 2);
  }
  CHECK(first_view(analysis)["modality_onset"] == 2);
  CHECK(first_view(analysis)["mode_jump"] == 3);
  CHECK(first_view(analysis)["seeds_needed"]["two_modes"]["at_scale"] == 2);
}

TEST_CASE("analyze: of several rises of the mode the largest is the jump, wherever it is, and a fall is none",
          "[analysis]") {
  const auto jump = [](std::vector<double> modes) {
    std::vector<ScaleScores> scales;
    for (const double mode : modes) scales.push_back(scale(static_cast<int>(scales.size()) + 1, {0, 1}, {mode, mode}));
    return first_view(analyze(table_of(scales)))["mode_jump"];
  };
  CHECK(jump({0.1, 0.6, 0.9}) == 2);
  CHECK(jump({0.1, 0.4, 0.9}) == 3);
  CHECK(jump({0.9, 0.6, 0.1}).is_null());
}

TEST_CASE("analyze: a known number of test problems is the lattice, else it is found in the scores", "[analysis]") {
  ScoreTable table = table_of({scale(1, {0, 1, 2}, {0, 0.5, 1}), scale(2, {0, 1}, {0.25, 0.5})});
  CHECK(scale_of(analyze(table), 0)["modality"]["dip"]["lattice"] == 4);
  for (ScaleScores& s : table.axes[0].views[0].scales) s.test_problems = 20;
  CHECK(scale_of(analyze(table), 0)["modality"]["dip"]["lattice"] == 20);
  CHECK(
      scale_of(analyze(table_of({scale(1, {0, 1, 2}, {2, 3, 4})}, false)), 0)["modality"]["dip"]["lattice"].is_null());
}

TEST_CASE("analyze: W2 is given beside the distance of random halves and in units of the largest scale's spread",
          "[analysis]") {
  const Json analysis =
      analyze(table_of({scale(1, {0, 1, 2}, {0.25, 0.25, 0.25}), scale(2, {0, 1, 2}, {0.5, 0.75, 1})}));
  const Json& distance = scale_of(analysis, 0)["w2_to_largest"];
  CHECK(distance["noise_floor"] == Json({{"value", 0.0}, {"low", 0.0}, {"high", 0.0}}));
  CHECK(distance["normalised"].get<double>() == Approx(distance["value"].get<double>() / 0.25));
  CHECK(scale_of(analysis, 1)["w2_to_largest"]["noise_floor"]["value"] > 0.2);
  CHECK(scale_of(analyze(table_of({scale(1, {0}, {0.5})})), 0)["w2_to_largest"]["normalised"].is_null());
}

TEST_CASE("analyze: chance and forecast want three scales, and only the main view looks ahead", "[analysis]") {
  ScoreTable table = three_scales();
  table.axes[0].views.push_back(table.axes[0].views[0]);
  table.axes[0].views[1].metric = "token_accuracy";
  const Json analysis = analyze(table);
  const Json& other = analysis["axes"][0]["views"][1];
  CHECK(first_view(analysis)["forecast"]["held_out"] == 4);
  CHECK(first_view(analysis)["forecast"]["truth"].get<double>() == Approx(2.0 / 3));
  CHECK(first_view(analysis)["chance"]["named"]["linearity"]["top"].size() == 3);
  CHECK(first_view(analysis)["seeds_needed"]["rank_two"].size() == 2);
  CHECK(other["forecast"].is_null());
  CHECK(other["seeds_needed"].is_null());
  CHECK_FALSE(other["chance"].is_null());
  for (ViewScores& view : table.axes[0].views) view.scales.pop_back();
  const Json two = analyze(table);
  CHECK(first_view(two)["forecast"].is_null());
  CHECK(first_view(two)["chance"].is_null());
}

TEST_CASE("analyze: it says before each view how many are done, over all axes", "[analysis]") {
  ScoreTable table = three_scales();
  table.axes[0].views.push_back(table.axes[0].views[0]);
  table.axes.push_back(three_scales().axes[0]);
  std::vector<std::size_t> told;
  analyze(table, [&](std::size_t done, std::size_t views) {
    CHECK(views == 3);
    told.push_back(done);
  });
  CHECK(told == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("analyze: a forecast goes by the axis where parameters are unknown, and by nothing else", "[analysis]") {
  const auto forecast_of = [](std::vector<Value> values) {
    ScoreTable table = three_scales();
    for (std::size_t s = 0; s < 3; ++s) {
      table.axes[0].views[0].scales[s].parameters.reset();
      table.axes[0].views[0].scales[s].value = values[s];
    }
    return first_view(analyze(table))["forecast"];
  };
  CHECK_FALSE(forecast_of({1, 2, 4}).is_null());
  CHECK(forecast_of({0, 2, 4}).is_null());
  CHECK(forecast_of({"a", "b", "c"}).is_null());
  CHECK(forecast_of({1, 4, 2}).is_null());  // the last is not the largest: nothing to extrapolate to
  CHECK(forecast_of({2, 2, 4}).is_null());
}
