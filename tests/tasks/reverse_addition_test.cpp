#include <algorithm>
#include <map>
#include <sstream>

#include "seedscape/tasks/task.h"
#include "support/test.h"
#include "tasks/find_training.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

TaskConfig addition(LengthRange train_length, std::int64_t hint_max, const std::string& carry = "pad") {
  return {.kind = "reverse_addition", .train_length = train_length, .hint_max = hint_max, .carry = carry};
}

const TestSetOptions kFromZero{.sequences = 1, .seed = 0, .hints_start_at_zero = true};

std::string test_text(const Task& task, std::int64_t length, std::int64_t index, const TestSetOptions& options) {
  return task.vocabulary().decode(task.test_example(length, index, options).tokens);
}

/// The first test problem, hints from a0 on, that begins with `prompt`, as text.
std::string find_test(const TaskConfig& config, std::int64_t length, const std::string& prompt) {
  const auto task = make_task(config);
  for (std::int64_t index = 0; index < 200000; ++index) {
    const std::string text = test_text(*task, length, index, kFromZero);
    if (text.starts_with(prompt)) return text;
  }
  return "none";
}

/// A number as it stands in an example: hint and digit by turns, from left to right.
struct Written {
  std::vector<std::int64_t> hints, digits;
};

/// The three numbers of an example whose hints are one token.
struct Problem {
  Written a, b, answer;
};

Problem read(const Task& task, const Example& example) {
  Problem problem;
  Written* number = &problem.a;
  std::istringstream words(task.vocabulary().decode(example.tokens));
  for (std::string word; words >> word;) {
    if (word == "+") number = &problem.b;
    if (word == ">") number = &problem.answer;
    if (word[0] == 'a') number->hints.push_back(std::stoll(word.substr(1)));
    if (std::isdigit(static_cast<unsigned char>(word[0]))) number->digits.push_back(std::stoll(word));
  }
  return problem;
}

/// The number modulo a prime; digits from the most significant on.
std::uint64_t modulo(const std::vector<std::int64_t>& digits, std::int64_t base, std::uint64_t prime) {
  std::uint64_t value = 0;
  for (const std::int64_t digit : digits) {
    value = (value * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit)) % prime;
  }
  return value;
}

/// The sum is right (modulo two primes) and every hint stands beside the same place value in all three numbers.
void check_problem(const Problem& problem, const TaskConfig& config) {
  std::vector<std::int64_t> sum = problem.answer.digits;
  std::ranges::reverse(sum);
  for (const std::uint64_t prime : {1'000'000'007u, 998'244'353u}) {
    const std::uint64_t expected =
        (modulo(problem.a.digits, config.base, prime) + modulo(problem.b.digits, config.base, prime)) % prime;
    CHECK(modulo(sum, config.base, prime) == expected);
  }
  const std::int64_t pool = *config.hint_max + 1;
  const std::int64_t ones = problem.answer.hints.front();
  for (const Written* number : {&problem.a, &problem.b, &problem.answer}) {
    REQUIRE(number->hints.size() == number->digits.size());
    for (std::size_t i = 0; i < number->hints.size(); ++i) {
      const std::size_t place = number == &problem.answer ? i : number->hints.size() - 1 - i;
      CHECK(number->hints[i] == (ones + pool - static_cast<std::int64_t>(place)) % pool);
      CHECK((number->digits[i] >= 0 && number->digits[i] < config.base));
    }
  }
}

template <class Visit>
void for_training_problems(const TaskConfig& config, int count, const Visit& visit) {
  const auto task = make_task(config);
  Rng rng(1, Purpose::training_data, 0, 0);
  for (int i = 0; i < count; ++i) visit(read(*task, task->training_example(rng)));
}

TEST_CASE("reverse_addition: the vocabulary is digits, marks, plus and hints", "[tasks]") {
  const auto task = make_task(addition({1, 35}, 50));
  const Vocabulary& vocabulary = task->vocabulary();
  CHECK(vocabulary.size() == 66);
  CHECK(vocabulary.decode(std::vector<Token>{0, 9, 10, 11, 12, 13, 14, 15, 65}) == "0 9 $ > . * + a0 a50");
  CHECK(vocabulary.begin == 10);
  CHECK(vocabulary.arrow == 11);
  CHECK(vocabulary.end == 12);
  CHECK(vocabulary.padding == 13);
}

TEST_CASE("reverse_addition: the paper's example comes out without padding", "[tasks]") {
  CHECK(find_test(addition({1, 2}, 2, "none_reject"), 2, "$ a0 3 a1 4 + a0 2 a1 8 >") ==
        "$ a0 3 a1 4 + a0 2 a1 8 > a1 2 a0 6 .");
}

TEST_CASE("reverse_addition: padding gives each number one place more than the longer operand", "[tasks]") {
  const TaskConfig config = addition({1, 2}, 2);
  CHECK(find_test(config, 2, "$ a0 0 a1 3 a2 4 + a0 0 a1 2 a2 8 >") ==
        "$ a0 0 a1 3 a2 4 + a0 0 a1 2 a2 8 > a2 2 a1 6 a0 0 .");
  CHECK(find_test(config, 2, "$ a0 0 a1 5 a2 8 + a0 0 a1 6 a2 7 >") ==
        "$ a0 0 a1 5 a2 8 + a0 0 a1 6 a2 7 > a2 5 a1 2 a0 1 .");
  CHECK(find_training(config, "$ a0 0 a1 9 a2 5 + a0 0 a1 0 a2 8 >") ==
        "$ a0 0 a1 9 a2 5 + a0 0 a1 0 a2 8 > a2 3 a1 0 a0 1 .");
}

TEST_CASE("reverse_addition: an extending sum takes the hint before the first", "[tasks]") {
  const TaskConfig config = addition({1, 2}, 2, "none_extend");
  CHECK(find_test(config, 2, "$ a1 3 a2 4 + a1 2 a2 8 >") == "$ a1 3 a2 4 + a1 2 a2 8 > a2 2 a1 6 .");
  CHECK(find_test(config, 2, "$ a1 5 a2 8 + a1 6 a2 7 >") == "$ a1 5 a2 8 + a1 6 a2 7 > a2 5 a1 2 a0 1 .");
  CHECK(find_training(config, "$ a1 9 a2 5 + a2 8 >") == "$ a1 9 a2 5 + a2 8 > a2 3 a1 0 a0 1 .");
}

TEST_CASE("reverse_addition: a hint of two tokens is a mark and a number of its own", "[tasks]") {
  TaskConfig config = addition({1, 1}, 1);
  config.hint_tokens = 2;
  const auto task = make_task(config);
  CHECK(task->vocabulary().decode(std::vector<Token>{14, 15, 16, 17}) == "+ a #0 #1");
  CHECK(task->vocabulary().size() == 18);
  CHECK(task->longest_training_example() == 22);
  CHECK(find_test(config, 1, "$ a #0 0 a #1 7 + a #0 0 a #1 5") == "$ a #0 0 a #1 7 + a #0 0 a #1 5 > a #1 2 a #0 1 .");
}

TEST_CASE("reverse_addition: without hints there are digits alone, and no length is too long", "[tasks]") {
  TaskConfig config = addition({1, 2}, 1);
  config.hint_tokens = 0;
  const auto task = make_task(config);
  CHECK(task->vocabulary().size() == 15);
  CHECK_FALSE(task->has_hints());
  CHECK(task->longest_training_example() == 13);
  CHECK(find_test(config, 1, "$ 0 7 + 0 5") == "$ 0 7 + 0 5 > 2 1 .");
  CHECK(task->test_example(9, 0, kFromZero).tokens.size() == 34);
}

TEST_CASE("reverse_addition: only answer digits are marked as digits", "[tasks]") {
  TaskConfig config = addition({1, 1}, 1);
  const Example one = make_task(config)->test_example(1, 0, kFromZero);
  CHECK(one.answer == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1});
  CHECK(one.digits == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0});
  config.hint_tokens = 2;
  const Example two = make_task(config)->test_example(1, 0, kFromZero);
  CHECK(std::vector(two.digits.end() - 7, two.digits.end()) == std::vector<std::uint8_t>{0, 0, 1, 0, 0, 1, 0});
  CHECK(std::ranges::count(two.digits, 1) == 2);
  CHECK(std::ranges::count(two.answer, 1) == 7);
}

TEST_CASE("reverse_addition: the longest example grows with the layout", "[tasks]") {
  const auto longest = [](const TaskConfig& config) { return make_task(config)->longest_training_example(); };
  CHECK(longest(addition({1, 35}, 50)) == 220);
  CHECK(longest(addition({1, 40}, 50)) == 250);
  CHECK(longest(addition({1, 50}, 50)) == 310);
  CHECK(longest(addition({1, 2}, 2, "none_reject")) == 16);
  CHECK(longest(addition({1, 2}, 2, "none_extend")) == 18);
}

TEST_CASE("reverse_addition: hints bound the test length", "[tasks]") {
  CHECK(make_task(addition({1, 2}, 50))->longest_test_length() == 50);
  CHECK(make_task(addition({1, 2}, 50, "none_extend"))->longest_test_length() == 50);
  CHECK(make_task(addition({1, 2}, 50, "none_reject"))->longest_test_length() == 51);
}

TEST_CASE("reverse_addition: sums and hints are right in every layout, base and length", "[tasks]") {
  for (const std::string carry : {"pad", "none_reject", "none_extend"}) {
    for (const std::string order : {"consecutive", "cyclic"}) {
      for (const std::int64_t base : {2, 10, 100}) {
        TaskConfig config = addition({1, 40}, 45, carry);
        config.hint_order = order;
        config.base = base;
        INFO(carry << ' ' << order << " base " << base);
        for_training_problems(config, 60, [&](const Problem& problem) {
          check_problem(problem, config);
          const std::size_t longer = std::max(problem.a.digits.size(), problem.b.digits.size());
          const std::size_t answer = problem.answer.digits.size();
          if (carry == "pad") CHECK((problem.b.digits.size() == longer && problem.a.digits.size() == longer));
          if (carry == "none_extend") CHECK((answer == longer || problem.answer.digits.back() == 1));
          if (carry != "none_extend" || answer != longer + 1) CHECK(answer == longer);
        });
      }
    }
  }
}

TEST_CASE("reverse_addition: padding puts a zero before both operands", "[tasks]") {
  for_training_problems(addition({3, 3}, 5), 200, [](const Problem& problem) {
    CHECK(problem.a.digits.size() == 4);
    CHECK((problem.a.digits.front() == 0 && problem.b.digits.front() == 0));
  });
}

TEST_CASE("reverse_addition: operand lengths are independent and uniform, also when overflow is rejected", "[tasks]") {
  for (const std::string carry : {"none_reject", "none_extend"}) {
    std::vector<std::int64_t> pairs(9);
    for_training_problems(addition({1, 3}, 3, carry), 18000, [&](const Problem& problem) {
      ++pairs.at((problem.a.digits.size() - 1) * 3 + problem.b.digits.size() - 1);
    });
    CHECK(looks_uniform(pairs));
  }
}

TEST_CASE("reverse_addition: equal operand lengths are uniform", "[tasks]") {
  TaskConfig config = addition({1, 3}, 3, "none_extend");
  config.operand_lengths = "equal";
  std::vector<std::int64_t> lengths(3);
  for_training_problems(config, 6000, [&](const Problem& problem) {
    REQUIRE(problem.a.digits.size() == problem.b.digits.size());
    ++lengths.at(problem.a.digits.size() - 1);
  });
  CHECK(looks_uniform(lengths));
}

TEST_CASE("reverse_addition: every digit is uniform, leading ones included", "[tasks]") {
  std::vector<std::int64_t> pairs(100), leading(10), trailing_of_b(10);
  for_training_problems(addition({2, 2}, 2), 20000, [&](const Problem& problem) {
    ++leading.at(static_cast<std::size_t>(problem.a.digits[1]));
    ++trailing_of_b.at(static_cast<std::size_t>(problem.b.digits[2]));
    ++pairs.at(static_cast<std::size_t>(10 * problem.a.digits[1] + problem.b.digits[1]));
  });
  CHECK(looks_uniform(leading));
  CHECK(looks_uniform(trailing_of_b));
  CHECK(looks_uniform(pairs));
}

TEST_CASE("reverse_addition: a non-zero first digit is uniform over the others", "[tasks]") {
  TaskConfig config = addition({2, 2}, 2);
  config.digits = "first_nonzero";
  std::vector<std::int64_t> first(9), second(10);
  for_training_problems(config, 20000, [&](const Problem& problem) {
    ++first.at(static_cast<std::size_t>(problem.b.digits[1] - 1));
    ++second.at(static_cast<std::size_t>(problem.b.digits[2]));
  });
  CHECK(looks_uniform(first));
  CHECK(looks_uniform(second));
}

TEST_CASE("reverse_addition: problems without overflow stay equally likely under rejection", "[tasks]") {
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> seen;
  TaskConfig config = addition({1, 1}, 1, "none_reject");
  for_training_problems(config, 22000, [&](const Problem& problem) {
    ++seen[{problem.a.digits[0], problem.b.digits[0]}];
  });
  std::vector<std::int64_t> counts;
  for (const auto& [pair, count] : seen) counts.push_back(count);
  CHECK(counts.size() == 55);  // 10 + 9 + ... + 1 pairs of digits add up to at most 9
  CHECK(looks_uniform(counts));
}

TEST_CASE("reverse_addition: the first hint is uniform over all that leave room", "[tasks]") {
  const auto first_hints = [](const TaskConfig& config, std::size_t starts) {
    std::vector<std::int64_t> counts(starts);
    for_training_problems(config, 20000,
                          [&](const Problem& problem) { ++counts.at(static_cast<std::size_t>(problem.a.hints[0])); });
    return counts;
  };
  CHECK(looks_uniform(first_hints(addition({2, 2}, 6), 5)));                 // three of a0..a6
  CHECK(looks_uniform(first_hints(addition({2, 2}, 6, "none_reject"), 6)));  // two of them
  TaskConfig cyclic = addition({2, 2}, 6);
  cyclic.hint_order = "cyclic";
  CHECK(looks_uniform(first_hints(cyclic, 7)));

  std::vector<std::int64_t> extending = first_hints(addition({2, 2}, 6, "none_extend"), 6);
  CHECK(extending[0] == 0);  // a0 is kept for the overflow digit
  extending.erase(extending.begin());
  CHECK(looks_uniform(extending));
}

TEST_CASE("reverse_addition: exactly enough hints leave one place to start", "[tasks]") {
  for_training_problems(addition({4, 4}, 4), 50, [](const Problem& problem) {
    CHECK(problem.a.hints == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  });
}

TEST_CASE("reverse_addition: test operands both have the asked length", "[tasks]") {
  const auto task = make_task(addition({1, 3}, 9, "none_extend"));
  CHECK(task->test_size(7, {.sequences = 64000}) == 64000);
  for (std::int64_t index = 0; index < 50; ++index) {
    const Problem problem = read(*task, task->test_example(7, index, {.sequences = 50}));
    CHECK((problem.a.digits.size() == 7 && problem.b.digits.size() == 7));
  }
}

TEST_CASE("reverse_addition: a test problem is drawn at its seed, length and index", "[tasks]") {
  const auto task = make_task(addition({1, 3}, 9));
  for (std::uint32_t index = 0; index < 20; ++index) {
    Rng rng(11, Purpose::evaluation_data, 5, index);
    std::vector<std::int64_t> a{0}, b{0};
    for (int i = 0; i < 5; ++i) a.push_back(rng.between(0, 9));
    for (int i = 0; i < 5; ++i) b.push_back(rng.between(0, 9));
    const Problem problem = read(*task, task->test_example(5, index, {.sequences = 20, .seed = 11}));
    CHECK(problem.a.digits == a);
    CHECK(problem.b.digits == b);
    CHECK(problem.a.hints[0] == rng.between(0, 4));
  }
}

TEST_CASE("reverse_addition: test hints start anywhere unless told to start at zero", "[tasks]") {
  const auto task = make_task(addition({1, 3}, 20));
  std::vector<std::int64_t> starts(16);
  for (std::int64_t index = 0; index < 3200; ++index) {
    const Example fixed = task->test_example(5, index, kFromZero);
    CHECK(read(*task, fixed).a.hints[0] == 0);
    const Example free = task->test_example(5, index, {.sequences = 3200, .seed = 0});
    ++starts.at(static_cast<std::size_t>(read(*task, free).a.hints[0]));
    CHECK(read(*task, free).a.digits == read(*task, fixed).a.digits);
  }
  CHECK(looks_uniform(starts));
}

TEST_CASE("reverse_addition: a carry through every place ends in the overflow digit, after zeros", "[tasks]") {
  for (const std::string carry : {"pad", "none_extend"}) {
    const auto task = make_task(addition({1, 3}, 9, carry));
    for (std::int64_t index = 0; index < 50; ++index) {
      const Example example = task->test_example(4, index, {.sequences = 50, .long_carries = true});
      const Problem problem = read(*task, example);
      check_problem(problem, addition({1, 3}, 9, carry));
      CHECK(std::vector(problem.answer.digits.begin() + 1, problem.answer.digits.end()) ==
            std::vector<std::int64_t>{0, 0, 0, 1});
    }
  }
}

TEST_CASE("reverse_addition: exact match includes the end token, and there are hints", "[tasks]") {
  const auto task = make_task(addition({1, 3}, 9));
  CHECK(task->compares_end());
  CHECK(task->has_hints());
}

}  // namespace
}  // namespace seedscape
