#include "seedscape/tasks/task.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "seedscape/base/error.h"
#include "seedscape/config/task_keys.h"
#include "support/test.h"

namespace seedscape {
namespace {

/// Set-ups of one kind that between them take every branch of its layout.
std::vector<TaskConfig> configs_of(const std::string& kind) {
  if (kind == "count") {
    return {{.kind = kind, .vocabulary = 20, .train_length = {1, 6}},
            {.kind = kind, .vocabulary = 5, .train_length = {2, 5}}};
  }
  if (kind == "reverse_addition") {
    const TaskConfig plain{.kind = kind, .train_length = {1, 4}, .hint_max = 6};
    std::vector<TaskConfig> configs;
    for (const std::string carry : {"pad", "none_reject", "none_extend"}) {
      for (const std::int64_t hint_tokens : {0, 1, 2}) {
        configs.push_back(plain);
        configs.back().carry = carry;
        configs.back().hint_tokens = hint_tokens;
      }
    }
    configs.push_back(plain);
    configs.back().hint_order = "cyclic";
    configs.push_back(plain);
    configs.back().base = 2;
    configs.push_back(plain);
    configs.back().base = 12;
    configs.back().digits = "first_nonzero";
    configs.back().operand_lengths = "equal";
    return configs;
  }
  if (kind == "question_formation") {
    return {{.kind = kind},
            {.kind = kind, .question_share = 1, .embedding_depth = 0, .lines = 0},
            {.kind = kind, .center_share = 1, .embedding_depth = 2}};
  }
  if (kind == "mode" || kind == "copy" || kind == "sort") {
    return {{.kind = kind, .vocabulary = 20, .train_length = {1, 6}},
            {.kind = kind, .vocabulary = 5, .train_length = {2, 5}}};
  }
  if (kind == "addition") {
    return {{.kind = kind, .train_length = {1, 4}},
            {.kind = kind, .train_length = {1, 3}, .base = 2},
            {.kind = kind, .train_length = {2, 3}, .base = 12, .operand_lengths = "equal", .digits = "first_nonzero"}};
  }
  if (kind == "copy_repeat" || kind == "parity" || kind == "and") {
    return {{.kind = kind, .train_length = {1, 6}}, {.kind = kind, .train_length = {4, 4}}};
  }
  FAIL("no set-ups for the task " << kind);
  return {};
}

template <class Check>
void for_every_task(const Check& check) {
  for (const std::string& kind : task_names()) {
    for (const TaskConfig& config : configs_of(kind)) {
      INFO(kind << " carry " << config.carry << " base " << config.base << " hint tokens " << config.hint_tokens);
      check(*make_task(config), config);
    }
  }
}

Example nth_training_example(const Task& task, std::uint32_t n) {
  Rng rng(7, Purpose::training_data, n, 0);
  return task.training_example(rng);
}

const TestSetOptions kOptions{.sequences = 8, .seed = 3};

void check_form(const Task& task, const Example& example) {
  const Vocabulary& vocabulary = task.vocabulary();
  const auto& tokens = example.tokens;
  REQUIRE(example.answer.size() == tokens.size());
  REQUIRE(example.digits.size() == tokens.size());
  REQUIRE(example.end.size() == tokens.size());
  REQUIRE(example.choice.size() == tokens.size());
  CHECK(std::ranges::all_of(tokens, [&](Token t) { return t >= 0 && t < vocabulary.size(); }));
  CHECK(tokens.front() == vocabulary.begin);
  CHECK(tokens.back() == vocabulary.end);
  CHECK(std::ranges::count(tokens, vocabulary.begin) == 1);
  CHECK(std::ranges::count(tokens, vocabulary.end) == 1);
  CHECK(std::ranges::count(tokens, vocabulary.padding) == 0);
  REQUIRE(std::ranges::count(tokens, vocabulary.arrow) == 1);

  const auto arrow = static_cast<std::size_t>(std::ranges::find(tokens, vocabulary.arrow) - tokens.begin());
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    CHECK(bool(example.answer[t]) == (t > arrow));
    CHECK(bool(example.end[t]) == (t + 1 == tokens.size()));
    if (example.digits[t]) CHECK((example.answer[t] && !example.end[t]));
    if (example.choice[t]) CHECK((example.answer[t] && std::ranges::count(task.choices(), tokens[t]) == 1));
  }
  const auto digits = std::ranges::count(example.digits, 1);
  const auto others = std::ranges::count(example.answer, 1) - 1 - digits;
  CHECK(digits > 0);
  CHECK((others > 0) == task.has_hints());
}

Cell count_cell() {
  return {.task = {.kind = "count", .vocabulary = 20, .train_length = {1, 10}},
          .model = {},
          .train = {.context = 15},
          .points = {}};
}

Cell addition_cell() {
  return {.task = {.kind = "reverse_addition", .train_length = {1, 5}, .hint_max = 5},
          .model = {},
          .train = {.context = 40},
          .points = {}};
}

Cell question_cell() {
  return {.task = {.kind = "question_formation"}, .model = {}, .train = {.context = 38}, .points = {}};
}

using Texts = std::vector<std::string>;

/// The problems as "key: what; expected; got".
Texts problems_of(const Cell& cell, const EvalConfig& eval) {
  Texts texts;
  for (const KeyProblem& p : task_problems(cell, eval)) {
    texts.push_back(p.key + ": " + p.what + "; " + p.expected + "; " + p.got);
  }
  return texts;
}

TEST_CASE("tasks: every kind has its row of config keys", "[tasks]") {
  Texts kinds;
  for (const TaskKeys& row : task_key_table()) kinds.push_back(row.kind);
  CHECK(task_names() == kinds);
}

TEST_CASE("tasks: an unknown kind is a usage error that names it", "[tasks]") {
  try {
    make_task({.kind = "juggle"});
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(std::string(error.what()) == "there is no task of kind \"juggle\"");
  }
}

TEST_CASE("tasks: a training example is a prompt, an arrow, an answer and an end", "[tasks]") {
  for_every_task([](const Task& task, const TaskConfig&) {
    for (std::uint32_t n = 0; n < 50; ++n) check_form(task, nth_training_example(task, n));
  });
}

TEST_CASE("tasks: no training example is longer than the longest, and some are as long", "[tasks]") {
  for_every_task([](const Task& task, const TaskConfig&) {
    std::size_t longest = 0;
    for (std::uint32_t n = 0; n < 200; ++n) longest = std::max(longest, nth_training_example(task, n).tokens.size());
    CHECK(static_cast<std::int64_t>(longest) == task.longest_training_example());
  });
}

TEST_CASE("tasks: a training example depends on nothing but its stream", "[tasks]") {
  for_every_task([](const Task& task, const TaskConfig& config) {
    const auto again = make_task(config);
    std::set<std::vector<Token>> distinct;
    for (std::uint32_t n = 20; n-- > 0;) {
      const auto tokens = nth_training_example(task, n).tokens;
      CHECK(tokens == nth_training_example(*again, n).tokens);
      distinct.insert(tokens);
    }
    CHECK(distinct.size() > 3);
  });
}

TEST_CASE("tasks: test problems have the same form, up to the longest length", "[tasks]") {
  for_every_task([](const Task& task, const TaskConfig&) {
    // Where nothing but patience bounds the length, 50 is long enough.
    for (const std::int64_t length :
         {task.shortest_test_length(), std::min<std::int64_t>(task.longest_test_length(), 50)}) {
      const std::int64_t size = task.test_size(length, kOptions);
      REQUIRE(size >= 1);
      for (std::int64_t index = 0; index < size; ++index) {
        const Example example = task.test_example(length, index, kOptions);
        check_form(task, example);
        CHECK(example.tokens == task.test_example(length, index, kOptions).tokens);
        CHECK(std::ranges::count(example.choice, 1) == (task.choices().empty() ? 0 : 1));
      }
    }
  });
}

TEST_CASE("tasks: a token's text is its own, so that text gives the ids back", "[tasks]") {
  for_every_task([](const Task& task, const TaskConfig&) {
    const auto& text = task.vocabulary().text;
    const auto tokens = nth_training_example(task, 0).tokens;
    std::istringstream words(task.vocabulary().decode(tokens));
    std::vector<Token> back;
    for (std::string word; words >> word;) {
      REQUIRE(std::ranges::count(text, word) == 1);
      back.push_back(static_cast<Token>(std::ranges::find(text, word) - text.begin()));
    }
    CHECK(back == tokens);
    CHECK(text[static_cast<std::size_t>(task.vocabulary().padding)] == "*");
  });
}

TEST_CASE("tasks: a cell at its limits has no problem", "[tasks]") {
  CHECK(problems_of(count_cell(), {.lengths = {10, 20}}).empty());
  CHECK(problems_of(addition_cell(), {.lengths = {5}, .compare_on = "digits"}).empty());
}

TEST_CASE("tasks: count refuses lengths beyond its numbers", "[tasks]") {
  Cell cell = count_cell();
  cell.task.train_length = {1, 21};
  cell.train.context = 26;
  CHECK(problems_of(cell, {.lengths = {21, 22, 10}}) ==
        Texts{"task.train_length: is longer than task.vocabulary allows; a maximum of at most 20; 21",
              "eval.lengths: is longer than task.vocabulary allows; lengths of at most 20; 22"});
}

TEST_CASE("tasks: only a task with problems of length 0 takes it, and none below", "[tasks]") {
  CHECK(problems_of(count_cell(), {.lengths = {10, 0}}) ==
        Texts{"eval.lengths: is below the shortest length of task count; lengths of at least 1; 0"});
  CHECK(problems_of(addition_cell(), {.lengths = {0}}) ==
        Texts{"eval.lengths: is below the shortest length of task reverse_addition; lengths of at least 1; 0"});
  CHECK(problems_of(question_cell(), {.lengths = {0}}).empty());
}

TEST_CASE("tasks: question formation refuses clauses deeper than the grammar's and lines longer than the context",
          "[tasks]") {
  Cell cell = question_cell();
  CHECK(problems_of(cell, {.lengths = {8}}).empty());
  cell.task.embedding_depth = 2;
  CHECK(problems_of(cell, {.lengths = {9}}) ==
        Texts{"eval.lengths: is longer than the grammar allows; lengths of at most 8; 9",
              "train.context: is shorter than the longest training example; at least 48; 38"});
}

TEST_CASE("tasks: a context that cannot hold the longest example is refused", "[tasks]") {
  Cell cell = count_cell();
  cell.train.context = 14;
  const EvalConfig eval{.lengths = {10}};
  const Texts expected{"train.context: is shorter than the longest training example; at least 15; 14"};
  CHECK(problems_of(cell, eval) == expected);
  cell.task.packing = "single";
  CHECK(problems_of(cell, eval) == expected);
}

TEST_CASE("tasks: digits cannot be told from the answer where there are no hints", "[tasks]") {
  Cell cell = count_cell();
  cell.task.loss_on = "digits";
  CHECK(problems_of(cell, {.lengths = {10}, .compare_on = "digits"}) ==
        Texts{"task.loss_on: needs a task whose answers hold hints; answer or all; digits",
              "eval.compare_on: needs a task whose answers hold hints; answer; digits"});
}

TEST_CASE("tasks: addition refuses lengths beyond its hints", "[tasks]") {
  Cell cell = addition_cell();
  cell.task.hint_max = 4;
  const Texts expected{"task.train_length: is longer than task.hint_max allows; a maximum of at most 4; 5",
                       "eval.lengths: is longer than task.hint_max allows; lengths of at most 4; 6"};
  CHECK(problems_of(cell, {.lengths = {4, 6}}) == expected);
  cell.task.carry = "none_extend";
  CHECK(problems_of(cell, {.lengths = {4, 6}}) == expected);
  cell.task.carry = "none_reject";  // no place for an overflow digit: one hint fewer is needed
  CHECK(problems_of(cell, {.lengths = {4, 6}}) ==
        Texts{"eval.lengths: is longer than task.hint_max allows; lengths of at most 5; 6"});
}

TEST_CASE("tasks: addition refuses a rejection that would never end", "[tasks]") {
  Cell cell = addition_cell();
  cell.task.base = 2;
  cell.task.digits = "first_nonzero";
  CHECK(problems_of(cell, {.lengths = {5}}).empty());
  cell.task.carry = "none_reject";
  CHECK(problems_of(cell, {.lengths = {5}}) ==
        Texts{"task.carry: leaves no problem of base 2 whose first digits are 1 without overflow; pad or none_extend; "
              "none_reject"});
  cell.task.base = 3;
  CHECK(problems_of(cell, {.lengths = {5}}).empty());
}

TEST_CASE("tasks: a carry through every place is refused where no sum has one", "[tasks]") {
  const EvalConfig eval{.lengths = {4}, .carries = "long"};
  CHECK(problems_of(count_cell(), eval) == Texts{"eval.carries: needs a task that adds numbers; random; long"});
  Cell cell = addition_cell();
  CHECK(problems_of(cell, eval).empty());
  cell.task.carry = "none_extend";
  CHECK(problems_of(cell, eval).empty());
  cell.task.carry = "none_reject";
  CHECK(problems_of(cell, eval) ==
        Texts{"eval.carries: needs sums that overflow, which task.carry none_reject leaves out; random; long"});
  cell.task = {.kind = "addition", .train_length = {1, 5}, .digits = "first_nonzero"};
  CHECK(problems_of(cell, eval).empty());
  cell.task.base = 2;
  CHECK(problems_of(cell, eval) ==
        Texts{"eval.carries: leaves no sum of base 2 whose first digits are 1; random; long"});
  CHECK(problems_of(cell, {.lengths = {4}}).empty());
}

TEST_CASE("tasks: absurd sizes are reported without being built", "[tasks]") {
  constexpr std::int64_t kBillion = 1'000'000'000;
  Cell cell = addition_cell();
  cell.task.train_length = {kBillion, kBillion};
  cell.task.hint_max = kBillion;
  cell.task.hint_tokens = 2;
  CHECK(problems_of(cell, {.lengths = {kBillion}}) ==
        Texts{"train.context: is shorter than the longest training example; at least 9000000013; 40"});
}

}  // namespace
}  // namespace seedscape
