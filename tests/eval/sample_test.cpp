#include "seedscape/eval/sample.h"

#include "support/test.h"

namespace seedscape {
namespace {

using nlohmann::json;

const TaskConfig kCount{.kind = "count", .vocabulary = 6, .train_length = {2, 2}, .packing = "single"};

/// Two rows of training data that are worked out by hand: "$ 1 2 > 1 2 . *" and "$ 0 1 > 0 1 . *".
Batch two_rows() {
  return {.rows = 2,
          .columns = 8,
          .tokens = {6, 1, 2, 7, 1, 2, 8, 9, 6, 0, 1, 7, 0, 1, 8, 9},
          .loss_mask = {0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0}};
}

TEST_CASE("sample: a training batch is one JSON object with whole rows", "[eval]") {
  CHECK(sample_train_json(two_rows(), 3, 40).dump() ==
        R"({"loss_mask":[[0,0,0,0,1,1,1,0],[0,0,0,0,1,1,1,0]],"seed":3,"step":40,)"
        R"("tokens":[[6,1,2,7,1,2,8,9],[6,0,1,7,0,1,8,9]]})");
}

TEST_CASE("sample: large data seeds stay exact in JSON", "[eval]") {
  CHECK(sample_train_json(two_rows(), 9007199254740991u, 0).at("seed").dump() == "9007199254740991");
}

TEST_CASE("sample: test problems in JSON end with their end token", "[eval]") {
  const auto task =
      make_task({.kind = "reverse_addition", .train_length = {1, 2}, .hint_max = 4, .carry = "none_extend"});
  const EvalBatch batch = eval_batch(*task, {.sequences = 30}, 1, 0, 0, 30);
  const json sample = sample_eval_json(batch, 1);
  CHECK(sample.at("length") == 1);
  REQUIRE(sample.at("tokens").size() == 30);
  std::vector<std::size_t> sizes;
  for (std::size_t row = 0; row < 30; ++row) {
    const json& tokens = sample.at("tokens")[row];
    sizes.push_back(tokens.size());
    CHECK(tokens.back() == task->vocabulary().end);
    CHECK(sample.at("answer_mask")[row].size() == tokens.size());
    CHECK(sample.at("compare_mask")[row].size() == tokens.size());
  }
  CHECK(std::ranges::count(sizes, 10) + std::ranges::count(sizes, 12) == 30);  // $ a d + a d > a d . or two digits
  CHECK(std::ranges::count(sizes, 10) > 0);
  CHECK(std::ranges::count(sizes, 12) > 0);
}

TEST_CASE("sample: test problems in JSON tell answers from compared tokens", "[eval]") {
  const EvalBatch batch = eval_batch(*make_task(kCount), {}, 2, 0, 3, 1);
  CHECK(sample_eval_json(batch, 2).dump() == R"({"answer_mask":[[0,0,0,0,1,1,1]],"compare_mask":[[0,0,0,0,1,1,0]],)"
                                             R"("length":2,"tokens":[[6,3,4,7,3,4,8]]})");
}

TEST_CASE("sample: text marks the tokens that the loss counts and leaves padding out", "[eval]") {
  CHECK(sample_train_text(make_task(kCount)->vocabulary(), two_rows(), 3, 40) ==
        "seed 3, step 40: [x] is a token that the loss counts\n"
        "$ 1 2 > [1] [2] [.]\n"
        "$ 0 1 > [0] [1] [.]\n");
}

TEST_CASE("sample: text marks the tokens that exact match compares", "[eval]") {
  const auto task = make_task(kCount);
  CHECK(sample_eval_text(task->vocabulary(), eval_batch(*task, {}, 2, 0, 3, 2), 2) ==
        "length 2: [x] is a token that exact_match compares\n"
        "$ 3 4 > [3] [4] .\n"
        "$ 4 5 > [4] [5] .\n");
}

}  // namespace
}  // namespace seedscape
