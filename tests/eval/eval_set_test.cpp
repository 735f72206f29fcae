#include "seedscape/eval/eval_set.h"

#include <algorithm>
#include <set>

#include "support/test.h"

namespace seedscape {
namespace {

using Mask = std::vector<std::uint8_t>;

std::unique_ptr<Task> count() { return make_task({.kind = "count", .vocabulary = 6, .train_length = {1, 4}}); }

std::unique_ptr<Task> addition(const std::string& carry = "pad") {
  return make_task({.kind = "reverse_addition", .train_length = {1, 2}, .hint_max = 4, .carry = carry});
}

TEST_CASE("eval_set: a batch holds the asked problems, each whole", "[eval]") {
  const EvalBatch batch = eval_batch(*count(), {}, 2, 0, 1, 3);
  REQUIRE(batch.rows == 3);
  REQUIRE(batch.columns == 7);
  CHECK(batch.tokens == std::vector<Token>{6, 1, 2, 7, 1, 2, 8,  //
                                           6, 2, 3, 7, 2, 3, 8,  //
                                           6, 3, 4, 7, 3, 4, 8});
  const Mask first_answer(batch.answer.begin(), batch.answer.begin() + 7);
  CHECK(first_answer == Mask{0, 0, 0, 0, 1, 1, 1});
  CHECK(Mask(batch.digits.begin() + 7, batch.digits.begin() + 14) == Mask{0, 0, 0, 0, 1, 1, 0});
  CHECK(Mask(batch.end.begin() + 14, batch.end.end()) == Mask{0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("eval_set: the last batch holds what is left", "[eval]") {
  CHECK(eval_size(*count(), {}, 2) == 5);
  const EvalBatch batch = eval_batch(*count(), {}, 2, 0, 4, 3);
  CHECK(batch.rows == 1);
  CHECK(batch.tokens == std::vector<Token>{6, 4, 5, 7, 4, 5, 8});
}

TEST_CASE("eval_set: a sampled task has as many problems as the config says", "[eval]") {
  CHECK(eval_size(*addition(), {.sequences = 77}, 2) == 77);
  CHECK(eval_batch(*addition(), {.sequences = 77}, 2, 0, 64, 64).rows == 13);
}

TEST_CASE("eval_set: shorter problems are padded, and padding counts for nothing", "[eval]") {
  const auto task = addition("none_extend");  // an overflow makes the answer longer
  const EvalBatch batch = eval_batch(*task, {.sequences = 40}, 2, 0, 0, 40);
  REQUIRE(batch.columns == 18);
  std::int64_t padded = 0;
  for (std::size_t row = 0; row < 40; ++row) {
    const std::size_t last = row * 18 + 17;
    if (batch.tokens[last] != task->vocabulary().padding) continue;
    ++padded;
    CHECK(batch.tokens[last - 1] == task->vocabulary().padding);
    CHECK(batch.end[last - 2] == 1);
    CHECK((batch.answer[last] == 0 && batch.compare[last] == 0 && batch.digits[last] == 0 && batch.end[last] == 0));
  }
  CHECK(padded > 0);
  CHECK(padded < 40);
}

TEST_CASE("eval_set: the compared tokens follow the task, unless the config says otherwise", "[eval]") {
  const auto compared = [](const Task& task, const EvalConfig& config) {
    return eval_batch(task, config, 1, 0, 0, 1).compare;
  };
  CHECK(compared(*count(), {}) == Mask{0, 0, 0, 0, 1, 0});
  CHECK(compared(*count(), {.compare_end = true}) == Mask{0, 0, 0, 0, 1, 1});

  // $ a0 0 a1 d + a0 0 a1 d > a1 d a0 d .
  CHECK(compared(*addition(), {}) == Mask{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1});
  CHECK(compared(*addition(), {.compare_end = false}) == Mask{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0});
  CHECK(compared(*addition(), {.compare_on = "digits"}) == Mask{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1});
  CHECK(compared(*addition(), {.compare_on = "digits", .compare_end = false}) ==
        Mask{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0});
}

TEST_CASE("eval_set: a task's choices come with the places where they are made", "[eval]") {
  const auto task = make_task({.kind = "question_formation"});
  const EvalBatch batch = eval_batch(*task, {.sequences = 9}, 1, 0, 0, 9);
  CHECK(batch.choices == task->choices());
  const auto columns = static_cast<std::size_t>(batch.columns);
  for (std::size_t cell = 0; cell < batch.tokens.size(); ++cell) {
    const bool after_arrow = cell % columns > 0 && batch.tokens[cell - 1] == task->vocabulary().arrow;
    CHECK(bool(batch.choice[cell]) == after_arrow);
  }
  CHECK(eval_batch(*count(), {}, 2, 0, 0, 3).choices.empty());
  CHECK(eval_batch(*count(), {}, 2, 0, 0, 3).choice == Mask(21, 0));
}

TEST_CASE("eval_set: all runs share one test set, or each data seed has its own", "[eval]") {
  const auto task = addition();
  const auto tokens = [&](const std::string& test_set, std::int64_t eval_seed, std::uint64_t data_seed) {
    return eval_batch(*task, {.sequences = 20, .seed = eval_seed, .test_set = test_set}, 2, data_seed, 0, 20).tokens;
  };
  CHECK(tokens("shared", 4, 1) == tokens("shared", 4, 2));
  CHECK(tokens("shared", 4, 1) != tokens("shared", 5, 1));
  CHECK(tokens("per_seed", 4, 1) != tokens("per_seed", 4, 2));
  CHECK(tokens("per_seed", 4, 1) == tokens("per_seed", 5, 1));
  CHECK(tokens("per_seed", 0, 4) == tokens("shared", 4, 0));
}

TEST_CASE("eval_set: hints start at zero where the config says so", "[eval]") {
  const auto task = addition();
  const auto first_hints = [&](const std::string& hint_start) {
    const EvalBatch batch = eval_batch(*task, {.sequences = 20, .hint_start = hint_start}, 2, 0, 0, 20);
    std::vector<Token> hints;
    for (std::size_t row = 0; row < 20; ++row)
      hints.push_back(batch.tokens[row * static_cast<std::size_t>(batch.columns) + 1]);
    return hints;
  };
  CHECK(std::ranges::count(first_hints("zero"), 15) == 20);
  CHECK(std::ranges::count(first_hints("random"), 15) < 20);
}

TEST_CASE("eval_set: carries run through every place where the config says so", "[eval]") {
  const auto task = make_task({.kind = "addition", .train_length = {1, 2}});
  const auto overflows = [&](const std::string& carries) {  // $ 0 d d + 0 d d > d d d .
    const EvalBatch batch = eval_batch(*task, {.sequences = 40, .carries = carries}, 2, 0, 0, 40);
    std::int64_t found = 0;
    for (std::size_t row = 0; row < 40; ++row) found += batch.tokens[row * 13 + 9] == 1;
    return found;
  };
  CHECK(overflows("long") == 40);
  CHECK(overflows("random") < 35);
}

TEST_CASE("eval_set: shots put solved examples of the training kind in front, and none of their tokens counts",
          "[eval]") {
  const auto task = count();
  const EvalConfig config{.shots = 2};
  const EvalBatch plain = eval_batch(*task, {}, 3, 0, 0, 4), shown = eval_batch(*task, config, 3, 0, 0, 4);
  std::set<std::vector<Token>> contexts;
  for (std::size_t row = 0; row < 4; ++row) {
    const auto first = shown.tokens.begin() + static_cast<std::ptrdiff_t>(row) * shown.columns;
    const auto start = static_cast<std::size_t>(row) * static_cast<std::size_t>(shown.columns);
    // The problem "$ lo hi > lo lo+1 hi ." begins with the third '$'.
    std::size_t t = 0;
    for (int begins = 0; begins < 3; ++t) begins += shown.tokens[start + t] == task->vocabulary().begin;
    const std::size_t problem = t - 1;
    CHECK(std::vector(first + static_cast<std::ptrdiff_t>(problem), first + static_cast<std::ptrdiff_t>(problem) + 8) ==
          std::vector(plain.tokens.begin() + static_cast<std::ptrdiff_t>(row) * 8,
                      plain.tokens.begin() + static_cast<std::ptrdiff_t>(row) * 8 + 8));
    for (const Mask* mask : {&shown.answer, &shown.compare, &shown.digits, &shown.end}) {
      CHECK(std::count(mask->begin() + static_cast<std::ptrdiff_t>(start),
                       mask->begin() + static_cast<std::ptrdiff_t>(start + problem), 1) == 0);
    }
    CHECK(shown.tokens[start + problem - 1] == task->vocabulary().end);
    contexts.insert(std::vector(first, first + static_cast<std::ptrdiff_t>(problem)));
  }
  CHECK(contexts.size() > 1);
  CHECK(std::ranges::count(shown.compare, 1) == std::ranges::count(plain.compare, 1));
  CHECK(eval_batch(*task, config, 3, 0, 2, 1).tokens.front() == task->vocabulary().begin);
}

TEST_CASE("eval_set: a shot is drawn apart from the problem that it stands before", "[eval]") {
  const auto task = make_task({.kind = "parity", .train_length = {6, 6}});
  const EvalBatch batch = eval_batch(*task, {.sequences = 20, .shots = 1}, 6, 0, 0, 20);
  std::int64_t copies = 0;
  for (std::uint32_t row = 0; row < 20; ++row) {  // "$ six bits > bit ." twice
    const auto shot = batch.tokens.begin() + static_cast<std::ptrdiff_t>(row) * batch.columns;
    Rng stream_of_problem(0, Purpose::evaluation_data, 6, row);
    const Example same_draws = task->training_example(stream_of_problem);
    copies += std::equal(shot, shot + 10, same_draws.tokens.begin());
  }
  CHECK(copies < 5);
}

TEST_CASE("eval_set: how problems are batched does not change them", "[eval]") {
  const auto task = addition();
  const EvalConfig config{.sequences = 10};
  const EvalBatch whole = eval_batch(*task, config, 2, 0, 0, 10);
  const EvalBatch part = eval_batch(*task, config, 2, 0, 7, 2);
  CHECK(part.tokens == std::vector(whole.tokens.begin() + 7 * whole.columns, whole.tokens.begin() + 9 * whole.columns));
}

}  // namespace
}  // namespace seedscape
