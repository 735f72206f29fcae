#include "seedscape/tasks/task.h"
#include "support/test.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

const TaskConfig kConfig{.kind = "count", .vocabulary = 10, .train_length = {1, 4}};

/// Length and first number of an example, from its masks and its second token.
std::pair<std::int64_t, Token> read(const Example& example) {
  return {std::ranges::count(example.digits, 1), example.tokens[1]};
}

TEST_CASE("count: numbers come first in the vocabulary, then the four marks", "[tasks]") {
  const auto task = make_task({.kind = "count", .vocabulary = 150, .train_length = {1, 30}});
  const Vocabulary& vocabulary = task->vocabulary();
  CHECK(vocabulary.size() == 154);
  CHECK(vocabulary.decode(std::vector<Token>{0, 149, 150, 151, 152, 153}) == "0 149 $ > . *");
  CHECK(vocabulary.begin == 150);
  CHECK(vocabulary.arrow == 151);
  CHECK(vocabulary.end == 152);
  CHECK(vocabulary.padding == 153);
}

TEST_CASE("count: the answer lists every number from first to last", "[tasks]") {
  const Example example = make_task(kConfig)->test_example(4, 3, {});
  CHECK(example.tokens == std::vector<Token>{10, 3, 6, 11, 3, 4, 5, 6, 12});
  CHECK(example.answer == std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1, 1, 1, 1});
  CHECK(example.digits == std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1, 1, 1, 0});
  CHECK(example.end == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("count: a length of one counts from a number to itself", "[tasks]") {
  CHECK(make_task(kConfig)->test_example(1, 9, {}).tokens == std::vector<Token>{10, 9, 9, 11, 9, 12});
}

TEST_CASE("count: the test set is every first number that leaves room", "[tasks]") {
  const auto paper = make_task({.kind = "count", .vocabulary = 150, .train_length = {1, 30}});
  CHECK(paper->test_size(30, {}) == 121);
  CHECK(paper->test_size(60, {}) == 91);
  CHECK(paper->test_size(150, {}) == 1);
  CHECK(paper->longest_test_length() == 150);

  const auto task = make_task(kConfig);
  REQUIRE(task->test_size(4, {}) == 7);
  for (std::int64_t index = 0; index < 7; ++index) CHECK(task->test_example(4, index, {}).tokens[1] == index);
}

TEST_CASE("count: exact match leaves the end token out, and there are no hints", "[tasks]") {
  const auto task = make_task(kConfig);
  CHECK_FALSE(task->compares_end());
  CHECK_FALSE(task->has_hints());
}

TEST_CASE("count: the longest training example has five tokens around its answer", "[tasks]") {
  CHECK(make_task(kConfig)->longest_training_example() == 9);
}

TEST_CASE("count: the stream gives the length first, then the first number", "[tasks]") {
  const auto task = make_task(kConfig);
  Rng drawn(5, Purpose::training_data, 2, 1), expected = drawn;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t length = expected.between(1, 4);
    const auto first = static_cast<Token>(expected.below(static_cast<std::uint64_t>(10 - length + 1)));
    CHECK(read(task->training_example(drawn)) == std::pair(length, first));
  }
}

TEST_CASE("count: lengths and first numbers are uniform over all that fit", "[tasks]") {
  const auto task = make_task(kConfig);
  std::vector<std::int64_t> lengths(4), first_of_three(8);
  Rng rng(0, Purpose::training_data, 0, 0);
  for (int i = 0; i < 40000; ++i) {
    const auto [length, first] = read(task->training_example(rng));
    ++lengths.at(static_cast<std::size_t>(length - 1));
    if (length == 3) ++first_of_three.at(static_cast<std::size_t>(first));
  }
  CHECK(looks_uniform(lengths));
  CHECK(looks_uniform(first_of_three));
}

}  // namespace
}  // namespace seedscape
