#include <algorithm>

#include "seedscape/tasks/task.h"
#include "support/test.h"
#include "tasks/find_training.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

TaskConfig addition(LengthRange train_length, std::int64_t base = 10) {
  return {.kind = "addition", .train_length = train_length, .base = base};
}

/// The digits of the three numbers of an example, the first digit first.
struct Problem {
  std::vector<Token> a, b, answer;
};

Problem read(const Task& task, const Example& example) {
  const Vocabulary& vocabulary = task.vocabulary();
  const auto plus = std::ranges::find(example.tokens, vocabulary.padding + 1);
  const auto arrow = std::ranges::find(example.tokens, vocabulary.arrow);
  return {{example.tokens.begin() + 1, plus}, {plus + 1, arrow}, {arrow + 1, example.tokens.end() - 1}};
}

std::int64_t value(const std::vector<Token>& digits, std::int64_t base) {
  std::int64_t value = 0;
  for (const Token digit : digits) value = value * base + digit;
  return value;
}

template <class Visit>
void for_training(const TaskConfig& config, int count, const Visit& visit) {
  const auto task = make_task(config);
  Rng rng(1, Purpose::training_data, 0, 0);
  for (int i = 0; i < count; ++i) visit(read(*task, task->training_example(rng)));
}

TEST_CASE("addition: the vocabulary is digits, marks and plus", "[tasks]") {
  const Vocabulary vocabulary = make_task(addition({1, 3}))->vocabulary();
  CHECK(vocabulary.size() == 15);
  CHECK(vocabulary.decode(std::vector<Token>{0, 9, 10, 11, 12, 13, 14}) == "0 9 $ > . * +");
}

TEST_CASE("addition: operands are padded to one place more than the longer has", "[tasks]") {
  CHECK(find_training(addition({1, 2}), "$ 0 3 4 + 0 2 8 >") == "$ 0 3 4 + 0 2 8 > 0 6 2 .");
  CHECK(find_training(addition({1, 2}), "$ 0 5 8 + 0 6 7 >") == "$ 0 5 8 + 0 6 7 > 1 2 5 .");
  CHECK(find_training(addition({1, 2}), "$ 0 9 5 + 0 0 8 >") == "$ 0 9 5 + 0 0 8 > 1 0 3 .");
  CHECK(find_training(addition({1, 1}), "$ 0 7 + 0 2 >") == "$ 0 7 + 0 2 > 0 9 .");
  CHECK(find_training(addition({1, 2}, 2), "$ 0 1 1 + 0 0 1 >") == "$ 0 1 1 + 0 0 1 > 1 0 0 .");
}

TEST_CASE("addition: a sum shorter than the operands gets one leading zero and no second", "[tasks]") {
  CHECK(find_training(addition({2, 2}), "$ 0 0 3 + 0 0 4 >") == "$ 0 0 3 + 0 0 4 > 0 7 .");
  CHECK(find_training(addition({2, 2}), "$ 0 0 3 + 0 0 8 >") == "$ 0 0 3 + 0 0 8 > 0 1 1 .");
  CHECK(find_training(addition({2, 2}), "$ 0 0 0 + 0 0 0 >") == "$ 0 0 0 + 0 0 0 > 0 0 .");
  CHECK(find_training(addition({1, 1}), "$ 0 0 + 0 0 >") == "$ 0 0 + 0 0 > 0 0 .");
}

TEST_CASE("addition: sums are right in every base, with at most one leading zero", "[tasks]") {
  for (const std::int64_t base : {2, 10, 100}) {
    std::size_t shorter = 0;
    for_training(addition({1, 6}, base), 500, [&](const Problem& problem) {
      const auto& [a, b, answer] = problem;
      CHECK(value(answer, base) == value(a, base) + value(b, base));
      CHECK(a.size() == b.size());
      CHECK(answer.size() <= a.size());
      CHECK((answer.size() == 2 || answer[0] != 0 || answer[1] != 0));
      CHECK((answer.size() == a.size() || answer[0] == 0));
      CHECK((a[0] == 0 && b[0] == 0));
      CHECK(answer.size() >= 2);
      shorter += answer.size() < a.size();
    });
    CHECK(shorter > 0);
    CHECK(shorter < 250);
  }
}

TEST_CASE("addition: with a first digit that is not zero, answers are as long as the operands", "[tasks]") {
  TaskConfig config = addition({1, 3});
  config.digits = "first_nonzero";
  for_training(config, 500, [&](const Problem& problem) { CHECK(problem.answer.size() == problem.a.size()); });
}

TEST_CASE("addition: lengths are drawn for each operand, or once for both", "[tasks]") {
  const auto lengths = [](const std::string& operand_lengths) {
    TaskConfig config = addition({1, 2});
    config.digits = "first_nonzero";
    config.operand_lengths = operand_lengths;
    std::vector<std::int64_t> counts(4);  // by the length of a, then of b
    for_training(config, 4000, [&](const Problem& problem) {
      const bool short_a = problem.a.size() == 2 || problem.a[1] == 0,
                 short_b = problem.b.size() == 2 || problem.b[1] == 0;
      ++counts.at((short_a ? 0 : 2) + (short_b ? 0 : 1));
    });
    return counts;
  };
  CHECK(looks_uniform(lengths("independent")));
  const auto equal = lengths("equal");
  CHECK((equal[1] == 0 && equal[2] == 0));
  CHECK(looks_uniform({equal[0], equal[3]}));
}

TEST_CASE("addition: the longest example has both operands and the answer at one place more", "[tasks]") {
  CHECK(make_task(addition({1, 5}))->longest_training_example() == 22);
  CHECK(make_task(addition({1, 35}))->longest_training_example() == 112);
}

TEST_CASE("addition: test operands both have the asked length, drawn at their seed, length and index", "[tasks]") {
  const auto task = make_task(addition({1, 3}));
  CHECK(task->test_size(7, {.sequences = 512}) == 512);
  for (std::uint32_t index = 0; index < 20; ++index) {
    Rng rng(11, Purpose::evaluation_data, 7, index);
    std::vector<Token> a{0}, b{0};
    for (int i = 0; i < 7; ++i) a.push_back(static_cast<Token>(rng.between(0, 9)));
    for (int i = 0; i < 7; ++i) b.push_back(static_cast<Token>(rng.between(0, 9)));
    const Problem problem = read(*task, task->test_example(7, index, {.sequences = 20, .seed = 11}));
    CHECK(problem.a == a);
    CHECK(problem.b == b);
  }
}

TEST_CASE("addition: a carry through every place leaves zeros between the overflow and the ones", "[tasks]") {
  const auto task = make_task(addition({1, 3}));
  for (std::int64_t index = 0; index < 50; ++index) {
    const auto [a, b, answer] = read(*task, task->test_example(5, index, {.sequences = 50, .long_carries = true}));
    CHECK(std::vector(answer.begin(), answer.end() - 1) == std::vector<Token>{1, 0, 0, 0, 0});
    CHECK(answer.back() == a.back() + b.back() - 10);
  }
}

TEST_CASE("addition: exact match includes the end token, and there are no hints", "[tasks]") {
  const auto task = make_task(addition({1, 3}));
  CHECK(task->compares_end());
  CHECK_FALSE(task->has_hints());
}

}  // namespace
}  // namespace seedscape
