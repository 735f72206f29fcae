#include "seedscape/config/cells.h"

#include "config/config_text.h"
#include "seedscape/base/hash.h"

namespace seedscape {
namespace {

SweepConfig paper_count() { return load_config(SEEDSCAPE_SOURCE_DIR "/configs/paper/count.yaml").config; }

std::vector<Cell> cells_of(const std::string& axes) {
  return expand_cells(parse_config(kGoodConfig, "a.yaml", {"axes=" + axes}).config);
}

TEST_CASE("cells: a cell on two axes is one cell with two points", "[config]") {
  const std::vector<Cell> cells = expand_cells(paper_count());
  REQUIRE(cells.size() == 12);
  const std::vector<std::pair<int, int>> expected = {{64, 4},  {128, 4},  {256, 4}, {384, 4}, {512, 4}, {640, 4},
                                                     {768, 4}, {1024, 4}, {512, 1}, {512, 2}, {512, 6}, {512, 8}};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    CHECK(cells[i].model.width == expected[i].first);
    CHECK(cells[i].model.depth == expected[i].second);
    CHECK(cells[i].points.size() == (i == 4 ? 2 : 1));
  }
  CHECK(cells[4].points == std::vector<AxisPoint>{{0, 4}, {1, 2}});
  CHECK(cells[11].points == std::vector<AxisPoint>{{1, 4}});
}

TEST_CASE("cells: the paper's addition sweep has 14 cells", "[config]") {
  CHECK(expand_cells(load_config(SEEDSCAPE_SOURCE_DIR "/configs/paper/reverse_addition.yaml").config).size() == 14);
}

TEST_CASE("cells: the axis wins over the section, with and zip over both sections", "[config]") {
  const std::vector<Cell> cells =
      cells_of("[{key: model.width, values: [32, 64], with: {train.batch: 2}, zip: {model.depth: [5, 6]}}]");
  REQUIRE(cells.size() == 2);
  CHECK(cells[1].model.width == 64);
  CHECK(cells[1].model.depth == 6);
  CHECK(cells[1].train.batch == 2);
  CHECK(cells[1].train.steps == 20);
  CHECK(cells[1].task.train_length == LengthRange{1, 4});
}

TEST_CASE("cells: a value comes back in its key's type", "[config]") {
  const Cell cell = cells_of("[{key: task.train_length, values: [[2, 3]], with: {model.depth: 1}}]").at(0);
  CHECK(cell_value(cell, "task.train_length") == Value{2, 3});
  CHECK(cell_value(cell, "model.width") == 16);
  CHECK(cell_value(cell, "train.learning_rate") == 0.003);
  CHECK(cell_value(cell, "model.residual") == "parallel");
  CHECK_THROWS_AS(cell_value(cell, "model.widht"), Error);
}

TEST_CASE("cells: seeds vary together or one of them", "[config]") {
  CHECK(seed_pair({.first = 10, .count = 5, .vary = "both"}, 12) == SeedPair{12, 12});
  CHECK(seed_pair({.first = 10, .count = 5, .vary = "init"}, 12) == SeedPair{12, 10});
  CHECK(seed_pair({.first = 10, .count = 5, .vary = "data"}, 12) == SeedPair{10, 12});
}

TEST_CASE("cells: a grid pairs every init seed with every data seed", "[config]") {
  const SeedsConfig grid{.first = 10, .count = 6, .vary = "grid", .init_count = 2};
  const std::vector<SeedPair> pairs{{10, 10}, {10, 11}, {10, 12}, {11, 10}, {11, 11}, {11, 12}};
  for (std::int64_t i = 0; i < 6; ++i) CHECK(seed_pair(grid, 10 + i) == pairs[static_cast<std::size_t>(i)]);
}

TEST_CASE("cells: weights to start from count by their digest, the first step when there is one", "[config]") {
  const auto cell = [](const std::vector<std::string>& settings) {
    return expand_cells(parse_config(kGoodConfig, "a.yaml", settings).config).at(0);
  };
  Cell here = cell({"train.from=here"}), there = cell({"train.from=/over/there"});
  here.start = there.start = "digest";
  CHECK(run_id(here, {}) == run_id(there, {}));
  CHECK(run_id(here, {}) != run_id(cell({}), {}));
  there.start = "other";
  CHECK(run_id(here, {}) != run_id(there, {}));
  CHECK(run_id(cell({"train.first_step=0"}), {}) == run_id(cell({}), {}));
  CHECK(run_id(cell({"train.first_step=1"}), {}) != run_id(cell({}), {}));
}

TEST_CASE("cells: two folders of weights are two cells", "[config]") {
  const auto config =
      parse_config(kGoodConfig, "a.yaml", {"axes=[{key: train.from, values: [a/1, a/2], with: {model.depth: 1}}]"});
  CHECK(expand_cells(config.config).size() == 2);
}

TEST_CASE("cells: a run id is the hash of the canonical config of its training", "[config]") {
  const std::string canonical =
      R"({"data_seed":7,"init_seed":5,"model":{"depth":1,"head_width":8,"residual":"parallel","rotary_base":10000,)"
      R"("rotary_fraction":0.25,"width":16},"numerics":1,"schema":1,"task":{"cut_examples":"masked","kind":"count",)"
      R"("loss_on":"answer","packing":"packed","train_length":[1,4],"vocabulary":16},"train":{"batch":4,"clip_norm":1,)"
      R"("context":24,"decay_scope":"all","learning_rate":0.003,"precision":"fp32","steps":20,"trainer":"reference",)"
      R"("warmup_steps":500,"weight_decay":0.1}})";
  const Cell cell = expand_cells(parse_config(kGoodConfig, "a.yaml", {"train.trainer=reference"}).config).at(0);
  const std::string digest = "dced99878a31972b6bc46c6f0b447ab5";  // sha256sum of the text above
  CHECK(sha256_hex(canonical).substr(0, 32) == digest);
  CHECK(run_id(cell, {.init = 5, .data = 7}) == digest);
}

TEST_CASE("cells: the run ids of stored addition sweeps stay what they are", "[config]") {
  const std::string file = SEEDSCAPE_SOURCE_DIR "/configs/smoke_addition.yaml";
  const Cell cell = expand_cells(load_config(file, {"train.trainer=reference"}).config).at(0);
  CHECK(run_id(cell, {.init = 0, .data = 0}) == "f2069056351dbe8aa9bf884d278afea0");
}

TEST_CASE("cells: a run id depends on the training and nothing else", "[config]") {
  const auto id = [](const std::vector<std::string>& settings) {
    return run_id(expand_cells(parse_config(kGoodConfig, "a.yaml", settings).config).at(0), {.init = 1, .data = 1});
  };
  const std::string base = id({});
  for (const std::string setting : {"name=other", "seeds.count=9", "eval.lengths=[6]", "eval.seed=3", "analysis.bins=7",
                                    "axes=[{key: model.depth, values: [1, 2, 3]}]", "train.trainer=fused",
                                    "axes=[{key: model.width, values: [16], with: {model.depth: 1}}]"}) {
    CHECK(id({setting}) == base);
  }
  for (const std::string setting : {"task.vocabulary=17", "task.loss_on=all", "model.residual=sequential",
                                    "train.steps=21", "train.trainer=reference", "train.precision=bf16",
                                    "train.learning_rate=0.0030000001", "axes=[{key: model.depth, values: [2]}]"}) {
    CHECK(id({setting}) != base);
  }
  const Cell cell = expand_cells(parse_config(kGoodConfig, "a.yaml").config).at(0);
  CHECK(run_id(cell, {.init = 1, .data = 2}) != run_id(cell, {.init = 2, .data = 1}));
}

TEST_CASE("cells: a derived hint pool is part of the run id", "[config]") {
  const auto id = [](const std::string& lengths) {
    const auto config = parse_config(
        kGoodConfig, "a.yaml", {"task={kind: reverse_addition, train_length: [1, 3]}", "eval.lengths=" + lengths});
    return run_id(expand_cells(config.config).at(0), {});
  };
  CHECK(id("[6]") == id("[4, 6]"));
  CHECK(id("[6]") != id("[6, 7]"));
}

}  // namespace
}  // namespace seedscape
