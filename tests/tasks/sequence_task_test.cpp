// The rules of the tasks that answer one list of numbers with another.

#include "tasks/sequence_task.h"

#include <algorithm>
#include <map>
#include <set>

#include "seedscape/tasks/task.h"
#include "support/test.h"
#include "tasks/find_training.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

TaskConfig numbers(const std::string& kind, std::int64_t vocabulary, LengthRange train_length) {
  return {.kind = kind, .vocabulary = vocabulary, .train_length = train_length};
}

TaskConfig bits(const std::string& kind, LengthRange train_length) {
  return {.kind = kind, .train_length = train_length};
}

/// What an example asks and answers.
Sequences read(const Task& task, const Example& example) {
  const auto arrow = std::ranges::find(example.tokens, task.vocabulary().arrow);
  return {{example.tokens.begin() + 1, arrow}, {arrow + 1, example.tokens.end() - 1}};
}

template <class Visit>
void for_training(const TaskConfig& config, int count, const Visit& visit) {
  const auto task = make_task(config);
  Rng rng(1, Purpose::training_data, 0, 0);
  for (int i = 0; i < count; ++i) visit(read(*task, task->training_example(rng)));
}

bool is_distinct(const Numbers& list) { return std::set(list.begin(), list.end()).size() == list.size(); }

/// How often the most and the second most frequent numbers occur; 0 for the second if there is one number.
std::pair<std::int64_t, std::int64_t> two_largest_counts(const Numbers& list) {
  std::map<Token, std::int64_t> counts;
  for (const Token number : list) ++counts[number];
  std::vector<std::int64_t> sorted{0};
  for (const auto& [number, count] : counts) sorted.push_back(count);
  std::ranges::sort(sorted, std::greater());
  return {sorted[0], sorted[1]};
}

TEST_CASE("copy: the answer repeats a list of different numbers", "[tasks]") {
  CHECK(find_training(numbers("copy", 5, {1, 3}), "$ 4 1 2 >") == "$ 4 1 2 > 4 1 2 .");
  CHECK(find_training(numbers("copy", 5, {1, 3}), "$ 4 4") == "none");
  for_training(numbers("copy", 9, {1, 9}), 300, [](const Sequences& problem) {
    CHECK(problem.output == problem.input);
    CHECK(is_distinct(problem.input));
  });
}

TEST_CASE("copy: every list of different numbers is as likely as any other", "[tasks]") {
  std::map<Numbers, std::int64_t> seen;
  for_training(numbers("copy", 4, {3, 3}), 12000, [&](const Sequences& problem) { ++seen[problem.input]; });
  std::vector<std::int64_t> counts;
  for (const auto& [list, count] : seen) counts.push_back(count);
  CHECK(counts.size() == 24);  // 4 * 3 * 2
  CHECK(looks_uniform(counts));
}

TEST_CASE("copy_repeat: the answer repeats a list of bits, each list as likely as any other", "[tasks]") {
  CHECK(find_training(bits("copy_repeat", {1, 4}), "$ 1 0 0 1 >") == "$ 1 0 0 1 > 1 0 0 1 .");
  std::vector<std::int64_t> counts(16);
  for_training(bits("copy_repeat", {4, 4}), 8000, [&](const Sequences& problem) {
    REQUIRE(problem.output == problem.input);
    std::size_t value = 0;
    for (const Token bit : problem.input) value = 2 * value + static_cast<std::size_t>(bit);
    ++counts.at(value);
  });
  CHECK(looks_uniform(counts));
}

TEST_CASE("sort: the answer holds the same different numbers in ascending order", "[tasks]") {
  CHECK(find_training(numbers("sort", 5, {1, 3}), "$ 4 1 2 >") == "$ 4 1 2 > 1 2 4 .");
  std::map<bool, int> ascending;
  for_training(numbers("sort", 12, {1, 9}), 300, [&](const Sequences& problem) {
    CHECK(is_distinct(problem.input));
    CHECK(std::ranges::is_sorted(problem.output));
    CHECK(std::ranges::is_permutation(problem.output, problem.input));
    ++ascending[problem.output == problem.input];
  });
  CHECK(ascending[false] > 150);
}

TEST_CASE("parity: the answer is the sum of the bits modulo 2, either as often", "[tasks]") {
  CHECK(find_training(bits("parity", {1, 4}), "$ 1 0 1 1 >") == "$ 1 0 1 1 > 1 .");
  CHECK(find_training(bits("parity", {1, 4}), "$ 1 0 0 1 >") == "$ 1 0 0 1 > 0 .");
  CHECK(find_training(bits("parity", {1, 4}), "$ 0 >") == "$ 0 > 0 .");
  std::vector<std::int64_t> answers(2);
  for_training(bits("parity", {1, 30}), 2000, [&](const Sequences& problem) {
    REQUIRE(problem.output.size() == 1);
    CHECK(problem.output[0] == std::ranges::count(problem.input, 1) % 2);
    ++answers.at(static_cast<std::size_t>(problem.output[0]));
  });
  CHECK(looks_uniform(answers));
}

TEST_CASE("and: the answer is one where all bits are, once in 2^length", "[tasks]") {
  CHECK(find_training(bits("and", {1, 4}), "$ 1 1 1 >") == "$ 1 1 1 > 1 .");
  CHECK(find_training(bits("and", {1, 4}), "$ 1 1 1 0 >") == "$ 1 1 1 0 > 0 .");
  CHECK(find_training(bits("and", {1, 4}), "$ 0 >") == "$ 0 > 0 .");
  std::int64_t ones = 0;
  for_training(bits("and", {3, 3}), 8000, [&](const Sequences& problem) {
    REQUIRE(problem.output.size() == 1);
    CHECK(problem.output[0] == (std::ranges::count(problem.input, 0) == 0 ? 1 : 0));
    ones += problem.output[0];
  });
  CHECK(ones > 850);  // 1000 +- 30
  CHECK(ones < 1150);
}

TEST_CASE("mode: the answer is the one most frequent number, which stands alone", "[tasks]") {
  CHECK(find_training(numbers("mode", 3, {4, 4}), "$ 2 0 2 1 >") == "$ 2 0 2 1 > 2 .");
  CHECK(find_training(numbers("mode", 3, {1, 1}), "$ 1 >") == "$ 1 > 1 .");
  std::int64_t lone = 0;
  for_training(numbers("mode", 26, {1, 30}), 1000, [&](const Sequences& problem) {
    const auto [most, second] = two_largest_counts(problem.input);
    REQUIRE(problem.output.size() == 1);
    CHECK(std::ranges::count(problem.input, problem.output[0]) == most);
    CHECK(most > second);
    CHECK(std::set(problem.input.begin(), problem.input.end()).size() <= 5);
    lone += second == 0;
  });
  CHECK(lone > 0);
  CHECK(lone < 500);
}

TEST_CASE("mode: a list of two is a pair, of each number as often", "[tasks]") {
  std::vector<std::int64_t> values(10);  // where the two are drawn different they tie, and one becomes the other
  for_training(numbers("mode", 10, {2, 2}), 5000, [&](const Sequences& problem) {
    CHECK(problem.input[0] == problem.input[1]);
    ++values.at(static_cast<std::size_t>(problem.output[0]));
  });
  CHECK(looks_uniform(values));
}

TEST_CASE("mode: the five numbers of a list may be equal", "[tasks]") {
  std::vector<int> lists(6);  // by how many different numbers they hold
  for_training(numbers("mode", 5, {100, 100}), 2000, [&](const Sequences& problem) {
    ++lists.at(std::set(problem.input.begin(), problem.input.end()).size());
  });
  CHECK(lists[5] > 50);  // 5! / 5^5 of them: 77 +- 9
  CHECK(lists[5] < 110);
}

TEST_CASE("mode: at a tie, which number wins and which occurrence it takes is a matter of chance", "[tasks]") {
  // Two pairs become three of one number and one other, whose place is uniform if the replaced occurrence is.
  std::vector<std::int64_t> odd_place(4), winner_is_smaller(2);
  for_training(numbers("mode", 1000, {4, 4}), 20000, [&](const Sequences& problem) {
    if (two_largest_counts(problem.input) != std::pair<std::int64_t, std::int64_t>{3, 1}) return;
    const auto other = std::ranges::find_if(problem.input, [&](Token n) { return n != problem.output[0]; });
    ++odd_place.at(static_cast<std::size_t>(other - problem.input.begin()));
    ++winner_is_smaller.at(problem.output[0] < *other ? 1 : 0);
  });
  CHECK(looks_uniform(odd_place));
  CHECK(looks_uniform(winner_is_smaller));
}

TEST_CASE("sequence tasks: training lengths are uniform, and a test problem has exactly its length", "[tasks]") {
  for (const std::string kind : {"mode", "copy", "copy_repeat", "sort", "parity", "and"}) {
    INFO(kind);
    const TaskConfig config = numbers(kind, 12, {2, 5});
    std::vector<std::int64_t> lengths(4);
    for_training(config, 4000, [&](const Sequences& problem) { ++lengths.at(problem.input.size() - 2); });
    CHECK(looks_uniform(lengths));
    const auto task = make_task(config);
    CHECK(task->test_size(11, {.sequences = 77}) == 77);
    for (std::int64_t index = 0; index < 20; ++index) {
      CHECK(read(*task, task->test_example(11, index, {.sequences = 20})).input.size() == 11);
    }
  }
}

TEST_CASE("sequence tasks: a test problem is drawn at its seed, length and index", "[tasks]") {
  const auto task = make_task(bits("parity", {1, 3}));
  for (std::uint32_t index = 0; index < 20; ++index) {
    Rng rng(11, Purpose::evaluation_data, 40, index);
    CHECK(read(*task, task->test_example(40, index, {.sequences = 20, .seed = 11})).input == draw_numbers(2, 40, rng));
  }
}

TEST_CASE("sequence tasks: ids are the numbers, then the four marks, and bits need no vocabulary key", "[tasks]") {
  const auto all = [](const TaskConfig& config) {
    const auto task = make_task(config);
    std::vector<Token> ids(static_cast<std::size_t>(task->vocabulary().size()));
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<Token>(i);
    return task->vocabulary().decode(ids);
  };
  for (const std::string kind : {"mode", "copy", "sort"}) CHECK(all(numbers(kind, 4, {1, 3})) == "0 1 2 3 $ > . *");
  for (const std::string kind : {"copy_repeat", "parity", "and"}) CHECK(all(bits(kind, {1, 3})) == "0 1 $ > . *");
}

TEST_CASE("sequence tasks: distinct numbers bound the length, bits and modes do not", "[tasks]") {
  for (const std::string kind : {"copy", "sort"}) {
    const Cell cell{.task = numbers(kind, 4, {1, 5}), .model = {}, .train = {.context = 13}, .points = {}};
    const auto problems = task_problems(cell, {.lengths = {4, 6}});
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].key + ": " + problems[0].what + "; " + problems[0].expected ==
          "task.train_length: is longer than task.vocabulary allows; a maximum of at most 4");
    CHECK(problems[1].key + ": " + problems[1].what + "; " + problems[1].expected ==
          "eval.lengths: is longer than task.vocabulary allows; lengths of at most 4");
  }
  for (const std::string kind : {"mode", "copy_repeat", "parity", "and"}) {
    const Cell cell{.task = numbers(kind, 4, {1, 5}), .model = {}, .train = {.context = 13}, .points = {}};
    CHECK(task_problems(cell, {.lengths = {1'000'000}}).empty());
  }
}

TEST_CASE("sequence tasks: exact match includes the end token, and there are no hints", "[tasks]") {
  for (const std::string kind : {"mode", "copy", "copy_repeat", "sort", "parity", "and"}) {
    const auto task = make_task(numbers(kind, 4, {1, 3}));
    CHECK(task->compares_end());
    CHECK_FALSE(task->has_hints());
  }
}

}  // namespace
}  // namespace seedscape
