#include "config/config_text.h"

namespace seedscape {
namespace {

TEST_CASE("rules: the head width divides the width of every cell", "[config]") {
  const std::string text = with("values: [1, 2]}", "values: [1, 2], zip: {model.width: [24, 20]}}");
  CHECK(errors_of(text) ==
        "a.yaml:4:32: model.head_width: does not divide model.width; expected a divisor of 20; got 8");
}

TEST_CASE("rules: rotary embedding turns an even number of dims, at least two", "[config]") {
  const auto problem = [](const std::string& at, const std::string& dims) {
    return "a.yaml:" + at +
           ": model.head_width: gives a wrong number of rotary dims, int(head_width * rotary_fraction); "
           "expected an even number, at least 2; got " +
           dims;
  };
  CHECK(errors_of(with("head_width: 8", "head_width: 4")) == problem("4:32", "1"));
  CHECK(errors_of(with("head_width: 8", "head_width: 8, rotary_fraction: 0")) == problem("4:32", "0"));
  CHECK(errors_of(with("head_width: 8", "head_width: 8, rotary_fraction: 0.4")) == problem("4:32", "3"));
  CHECK(errors_of(with("head_width: 8", "head_width: 8, rotary_fraction: 0.55")) == "accepted");
  CHECK(errors_of(with("values: [1, 2]}", "values: [1, 2], with: {model.head_width: 4}}")) == problem("6:65", "1"));
}

TEST_CASE("rules: the analysed length is a tested one", "[config]") {
  CHECK(errors_of(with("{length: 6", "{length: 5")) ==
        "a.yaml:10:20: analysis.length: is not one of eval.lengths; expected one of 4, 6; got 5");
}

TEST_CASE("rules: the digits metric needs a task with hints", "[config]") {
  CHECK(errors_of(with("analysis: {", "analysis: {metric: exact_match_digits, ")) ==
        "a.yaml:10:20: analysis.metric: is only measured for tasks with hints; expected a metric of task count; "
        "got exact_match_digits");
  CHECK(errors_of(with("analysis: {", "analysis: {metric: exact_match_digits, "),
                  {"task={kind: reverse_addition, train_length: [1, 2]}"}) == "accepted");
}

TEST_CASE("rules: the metric of the auxiliary needs a task that moves one", "[config]") {
  const std::string text = with("analysis: {", "analysis: {metric: main_auxiliary, ");
  CHECK(errors_of(text) ==
        "a.yaml:10:20: analysis.metric: is only measured for task question_formation; expected a metric of task count; "
        "got main_auxiliary");
  CHECK(errors_of(text, {"task={kind: question_formation}"}) == "accepted");
}

TEST_CASE("rules: the last seed stays below 2^53", "[config]") {
  CHECK(errors_of(with("first: 0, count: 3", "first: 9007199254740991, count: 2")) ==
        "a.yaml:7:41: seeds.count: leads past the last seed; expected first + count <= 9007199254740992; "
        "got 9007199254740991 + 2");
  CHECK(errors_of(with("first: 0, count: 3", "first: 9007199254740991, count: 1")) == "accepted");
  CHECK(errors_of(with("first: 0", "first: 18446744073709551615")) ==
        "a.yaml:7:16: seeds.first: is out of range; expected an integer from 0 to 9007199254740991; got "
        "18446744073709551615");
  CHECK(errors_of(with("count: 3", "count: 0")) ==
        "a.yaml:7:26: seeds.count: is out of range; expected an integer from 1 to 9007199254740991; got 0");
}

TEST_CASE("rules: a grid has as many seeds as its sides say", "[config]") {
  const auto grid = [](const std::string& count, const std::string& more) {
    return errors_of(with("count: 3", "count: " + count + ", vary: grid" + more));
  };
  CHECK(grid("9", "") == "accepted");
  CHECK(grid("6", ", init_count: 2") == "accepted");
  CHECK(grid("6", "") ==
        "a.yaml:7:1: seeds.init_count: is missing: seeds.count is no square; expected a divisor of 6; got nothing");
  CHECK(grid("6", ", init_count: 4") ==
        "a.yaml:7:53: seeds.init_count: does not divide seeds.count; expected a divisor of 6; got 4");
  CHECK(errors_of(with("count: 3", "count: 3, init_count: 3")) ==
        "a.yaml:7:41: seeds.init_count: is only used by a grid; expected seeds.vary: grid; got seeds.vary: both");
  CHECK(parse_config(with("count: 3", "count: 16, vary: grid"), "a.yaml").config.seeds.init_count == 4);
}

TEST_CASE("rules: a training has at least one update", "[config]") {
  CHECK(errors_of(with("steps: 20", "steps: 20, first_step: 19")) == "accepted");
  CHECK(errors_of(with("steps: 20", "steps: 20, first_step: 20"))
            .ends_with("train.first_step: is not below train.steps; expected less than 20; got 20"));
}

TEST_CASE("rules: only weights that are read can be drawn anew", "[config]") {
  CHECK(errors_of(with("steps: 20", "steps: 20, reset: last_attention"))
            .ends_with("train.reset: needs weights to start from; expected train.from, or none; got last_attention"));
  CHECK(errors_of(with("steps: 20", "steps: 20, reset: last_attention, from: hf")) == "accepted");
}

TEST_CASE("rules: a sweep has at most ten million runs", "[config]") {
  CHECK(errors_of(with("count: 3", "count: 5000001")) ==
        "a.yaml:7:26: seeds.count: plans too many runs; expected at most 10000000 runs; got 2 cells x 5000001 seeds");
  CHECK(errors_of(with("count: 3", "count: 5000000")) == "accepted");
}

TEST_CASE("rules: a cell's problem is shown where its key was set", "[config]") {
  const auto errors = [](const std::string& text, const std::string& key, std::int64_t value) {
    const CellRules rules = [=](const Cell& cell, const SweepConfig&) {
      std::vector<KeyProblem> problems;
      if (cell_value(cell, key) == value) problems.push_back({key, "is odd luck", "another", std::to_string(value)});
      return problems;
    };
    return errors_of(text, {}, "a.yaml", rules);
  };
  CHECK(errors(kGoodConfig, "model.depth", 2) == "a.yaml:6:36: model.depth: is odd luck; expected another; got 2");
  CHECK(errors(kGoodConfig, "train.steps", 20) == "a.yaml:8:16: train.steps: is odd luck; expected another; got 20");
  CHECK(errors(kGoodConfig, "train.warmup_steps", 500) ==
        "a.yaml:8:1: train.warmup_steps: is odd luck; expected another; got 500");
  const std::string both = with("[1, 2]}", "[1, 2], with: {train.steps: 7}, zip: {train.batch: [8, 9]}}");
  CHECK(errors(both, "train.steps", 7) == "a.yaml:6:60: train.steps: is odd luck; expected another; got 7");
  CHECK(errors(both, "train.batch", 9) == "a.yaml:6:87: train.batch: is odd luck; expected another; got 9");
  CHECK(errors(both, "train.steps", 20) == "accepted");
}

TEST_CASE("rules: rules for cells are not asked about a config with missing or wrong values", "[config]") {
  const CellRules rules = [](const Cell&, const SweepConfig&) {
    return std::vector<KeyProblem>{{"name", "is seen", "", ""}};
  };
  CHECK_THAT(errors_of(kGoodConfig, {}, "a.yaml", rules), contains("is seen"));
  CHECK_THAT(errors_of(with("steps: 20", "steps: x"), {}, "a.yaml", rules), !contains("is seen"));
}

}  // namespace
}  // namespace seedscape
