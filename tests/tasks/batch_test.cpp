#include "seedscape/tasks/batch.h"

#include "support/test.h"

namespace seedscape {
namespace {

/// Every example is "$ 0 > h 1 ." with a hint h in its answer; ids 0 1, h 2, $ 3, > 4, . 5, * 6. It draws one number.
class SixTokens : public Task {
 public:
  SixTokens() {
    vocabulary_.text = {"0", "1", "h", "$", ">", ".", "*"};
    vocabulary_.begin = 3;
    vocabulary_.arrow = 4;
    vocabulary_.end = 5;
    vocabulary_.padding = 6;
  }
  const Vocabulary& vocabulary() const override { return vocabulary_; }
  Example training_example(Rng& rng) const override {
    Example example;
    example.push(3);
    example.push(static_cast<Token>(rng.below(2)));
    example.push(4);
    example.push(2, true);
    example.push(1, true, true);
    example.push(5, true, false, true);
    return example;
  }
  std::int64_t longest_training_example() const override { return 6; }
  std::int64_t longest_test_length() const override { return 1; }
  std::int64_t test_size(std::int64_t, const TestSetOptions&) const override { return 0; }
  Example test_example(std::int64_t, std::int64_t, const TestSetOptions&) const override { return {}; }
  bool compares_end() const override { return true; }
  bool has_hints() const override { return true; }

 private:
  Vocabulary vocabulary_;
};

using Mask = std::vector<std::uint8_t>;

Batch one_row(const TaskConfig& config, std::int64_t context) {
  return training_batch(SixTokens(), config, {.batch = 1, .context = context}, 0, 0);
}

/// Tokens of a row with the drawn numbers written as 0.
std::vector<Token> skeleton(const Batch& batch) {
  std::vector<Token> tokens = batch.tokens;
  for (std::size_t t = 1; t < tokens.size(); ++t) {
    if (tokens[t - 1] == 3) tokens[t] = 0;
  }
  return tokens;
}

TEST_CASE("batch: a row is filled with examples and cuts the last, which the loss leaves out", "[tasks]") {
  const Batch batch = one_row({}, 17);
  CHECK(batch.rows == 1);
  CHECK(batch.columns == 17);
  CHECK(skeleton(batch) == std::vector<Token>{3, 0, 4, 2, 1, 5, 3, 0, 4, 2, 1, 5, 3, 0, 4, 2, 1});
  CHECK(batch.loss_mask == Mask{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0});
}

TEST_CASE("batch: the loss counts a cut example where that is asked for", "[tasks]") {
  const Batch batch = one_row({.cut_examples = "supervised"}, 17);
  CHECK(batch.loss_mask == Mask{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1});
}

TEST_CASE("batch: an example that ends on the row's end is whole", "[tasks]") {
  const Batch batch = one_row({}, 12);
  CHECK(skeleton(batch) == std::vector<Token>{3, 0, 4, 2, 1, 5, 3, 0, 4, 2, 1, 5});
  CHECK(batch.loss_mask == Mask{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1});
}

TEST_CASE("batch: single packing pads after one example", "[tasks]") {
  const Batch batch = one_row({.packing = "single"}, 9);
  CHECK(skeleton(batch) == std::vector<Token>{3, 0, 4, 2, 1, 5, 6, 6, 6});
  CHECK(batch.loss_mask == Mask{0, 0, 0, 1, 1, 1, 0, 0, 0});
}

TEST_CASE("batch: the loss counts answers, their digits and ends, or every token but the row's first", "[tasks]") {
  CHECK(one_row({.loss_on = "answer"}, 12).loss_mask == Mask{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1});
  CHECK(one_row({.loss_on = "digits"}, 12).loss_mask == Mask{0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1});
  CHECK(one_row({.loss_on = "all"}, 12).loss_mask == Mask{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(one_row({.packing = "single", .loss_on = "all"}, 8).loss_mask == Mask{0, 1, 1, 1, 1, 1, 0, 0});
}

TEST_CASE("batch: a row goes on drawing from its own stream, example after example", "[tasks]") {
  const SixTokens task;
  const Batch batch = training_batch(task, {}, {.batch = 3, .context = 60}, 9, 4);
  for (std::uint32_t row = 0; row < 3; ++row) {
    Rng rng(9, Purpose::training_data, 4, row);
    for (std::size_t t = 1; t < 60; t += 6) {
      CHECK(batch.tokens[row * 60 + t] == static_cast<Token>(rng.below(2)));
    }
  }
}

TEST_CASE("batch: a row is the same whatever the number of rows", "[tasks]") {
  const TaskConfig config{.kind = "count", .vocabulary = 20, .train_length = {1, 8}};
  const auto task = make_task(config);
  const Batch large = training_batch(*task, config, {.batch = 8, .context = 32}, 5, 100);
  for (const std::int64_t rows : {1, 3}) {
    const Batch small = training_batch(*task, config, {.batch = rows, .context = 32}, 5, 100);
    CHECK(small.tokens == std::vector(large.tokens.begin(), large.tokens.begin() + rows * 32));
    CHECK(small.loss_mask == Mask(large.loss_mask.begin(), large.loss_mask.begin() + rows * 32));
  }
}

TEST_CASE("batch: rows, steps and data seeds differ", "[tasks]") {
  const TaskConfig config{.kind = "count", .vocabulary = 20, .train_length = {1, 8}};
  const auto task = make_task(config);
  const TrainConfig train{.batch = 2, .context = 32};
  const auto tokens = training_batch(*task, config, train, 5, 100).tokens;
  CHECK(std::vector(tokens.begin(), tokens.begin() + 32) != std::vector(tokens.begin() + 32, tokens.end()));
  CHECK(tokens != training_batch(*task, config, train, 5, 101).tokens);
  CHECK(tokens != training_batch(*task, config, train, 6, 100).tokens);
  CHECK(tokens != training_batch(*task, config, train, 5 + (std::uint64_t{1} << 32), 100).tokens);
}

}  // namespace
}  // namespace seedscape
