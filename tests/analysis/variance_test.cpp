#include "seedscape/analysis/variance.h"

#include <fstream>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/analysis/analyze.h"
#include "support/test.h"

using namespace seedscape;

namespace {

void check_shares(const VarianceShares& ours, const nlohmann::json& theirs, double tolerance) {
  CHECK(ours.init == Approx(theirs.at("init").get<double>()).margin(tolerance));
  CHECK(ours.data == Approx(theirs.at("data").get<double>()).margin(tolerance));
  CHECK(ours.interaction == Approx(theirs.at("interaction").get<double>()).margin(tolerance));
}

/// One scale whose scores are a grid of init seeds 0..I-1 and data seeds 10..10+J-1.
ScoreTable table_of(const std::vector<double>& scores, std::uint64_t I, std::uint64_t J) {
  ScaleScores scale{.value = 1, .parameters = 8, .seeds = {}, .scores = scores};
  for (std::uint64_t i = 0; i < I; ++i) {
    for (std::uint64_t j = 0; j < J; ++j) {
      scale.seeds.push_back(static_cast<std::int64_t>(i * J + j));
      scale.pairs.push_back({.init = i, .data = 10 + j});
    }
  }
  scale.seeds.resize(scores.size());
  scale.pairs.resize(scores.size());
  ScoreTable table;
  table.settings.success_threshold = 0.5;
  table.axes = {
      {.key = "model.depth", .with = {}, .views = {{.metric = "exact_match", .length = 6, .scales = {scale}}}}};
  return table;
}

nlohmann::ordered_json grid_of(const ScoreTable& table) {
  return analyze(table)["axes"][0]["views"][0]["scales"][0]["grid"];
}

}  // namespace

TEST_CASE("variance: scores that only the initial weights decide are all init's", "[analysis]") {
  const std::vector<double> y{0, 0, 0, 1, 1, 1};
  const auto variance = grid_variance(y, 2, 3);
  REQUIRE(variance.has_value());
  CHECK(variance->squares.init == Approx(1));
  CHECK(variance->squares.data == Approx(0).margin(1e-15));
  CHECK(variance->components->init == Approx(1));
  CHECK(grid_variance(std::vector<double>{0, 1, 0, 1}, 2, 2)->squares.data == Approx(1));
}

TEST_CASE("variance: a score that needs the right pair is all interaction", "[analysis]") {
  const auto variance = grid_variance(std::vector<double>{0, 1, 1, 0}, 2, 2);
  CHECK(variance->squares.interaction == Approx(1));
  CHECK(variance->components->interaction == Approx(1));
  CHECK(variance->components->init == 0);  // an estimate below 0 is none
}

TEST_CASE("variance: shares by hand", "[analysis]") {
  // Rows 0 2 / 4 10: mean 4, row means 1 7, column means 2 6. SS 36, 16, 4; MS the same; components (36-4)/2,
  // (16-4)/2, 4.
  const auto variance = grid_variance(std::vector<double>{0, 2, 4, 10}, 2, 2);
  CHECK(variance->squares.init == Approx(36.0 / 56));
  CHECK(variance->squares.data == Approx(16.0 / 56));
  CHECK(variance->squares.interaction == Approx(4.0 / 56));
  CHECK(variance->components->init == Approx(16.0 / 26));
  CHECK(variance->components->data == Approx(6.0 / 26));
  CHECK(variance->components->interaction == Approx(4.0 / 26));
}

TEST_CASE("variance: equal scores have none, a single row or column no components", "[analysis]") {
  CHECK_FALSE(grid_variance(std::vector<double>{0.3, 0.3, 0.3, 0.3}, 2, 2).has_value());
  CHECK_FALSE(grid_variance({}, 0, 0).has_value());
  const auto row = grid_variance(std::vector<double>{0, 1, 5}, 1, 3);
  CHECK(row->squares.data == Approx(1));
  CHECK_FALSE(row->components.has_value());
}

TEST_CASE("variance: shares and components are those of statsmodels", "[analysis][golden]") {
  const auto golden = nlohmann::json::parse(std::ifstream(SEEDSCAPE_SOURCE_DIR "/tests/golden/variance.json"));
  REQUIRE(golden.at("grids").size() == 5);
  for (const auto& grid : golden.at("grids")) {
    const auto y = grid.at("y").get<std::vector<double>>();
    const auto variance = grid_variance(y, grid.at("I"), grid.at("J"));
    REQUIRE(variance.has_value());
    check_shares(variance->squares, grid.at("squares"), golden.at("tolerance"));
    check_shares(*variance->components, grid.at("components"), golden.at("tolerance"));
  }
}

TEST_CASE("analyze: a grid of seeds reports the variance of the score and of success", "[analysis]") {
  const auto grid = grid_of(table_of({0, 0.2, 0.4, 1.0}, 2, 2));
  CHECK(grid["init"] == 2);
  CHECK(grid["data"] == 2);
  CHECK(grid["score"]["init"].get<double>() == Approx(36.0 / 56));
  // Successes 0 0 / 0 1: mean 1/4, row means 0 1/2, SS 1/4 each.
  CHECK(grid["success"]["init"].get<double>() == Approx(1.0 / 3));
  CHECK(grid["success"]["components"]["interaction"].get<double>() == Approx(1));
}

TEST_CASE("analyze: a grid with a missing pair has no shares yet, and other sweeps have no grid", "[analysis]") {
  CHECK(grid_of(table_of({0, 0.2, 0.4}, 2, 2)).is_null());
  ScoreTable table = table_of({0, 0.2, 0.4, 1}, 2, 2);
  table.axes[0].views[0].scales[0].pairs.clear();
  CHECK_FALSE(analyze(table)["axes"][0]["views"][0]["scales"][0].contains("grid"));
}
