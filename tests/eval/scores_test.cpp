#include "seedscape/eval/scores.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "seedscape/base/error.h"
#include "support/test.h"

namespace seedscape {
namespace {

constexpr std::size_t kNoColumn = 0;

std::unique_ptr<Task> count(std::int64_t vocabulary) {
  return make_task({.kind = "count", .vocabulary = vocabulary, .train_length = {1, 2}});
}

std::unique_ptr<Task> addition(const std::string& carry = "pad") {
  return make_task({.kind = "reverse_addition", .train_length = {1, 2}, .hint_max = 4, .carry = carry});
}

std::unique_ptr<Task> questions() { return make_task({.kind = "question_formation"}); }

std::map<std::string, double> scores_of(const Task& task, const EvalConfig& config, std::int64_t length,
                                        const Predict& predict) {
  const Scores scores = evaluate(task, config, length, 0, predict);
  return {scores.begin(), scores.end()};
}

/// Predicts every token right and gives it probability 1.
Predictions all_right(const EvalBatch& batch) {
  Predictions predictions{.token = batch.tokens, .log_probability = std::vector<float>(batch.tokens.size(), 0.0f)};
  if (!batch.choices.empty()) predictions.choice = batch.tokens;
  return predictions;
}

/// Right but for the columns `wrong` of every row.
Predict wrong_at(std::vector<std::size_t> wrong) {
  return [wrong](const EvalBatch& batch) {
    Predictions predictions = all_right(batch);
    const auto columns = static_cast<std::size_t>(batch.columns);
    for (std::size_t cell = 0; cell < predictions.token.size(); ++cell) {
      if (std::ranges::count(wrong, cell % columns) > 0) predictions.token[cell] = -1;
    }
    return predictions;
  };
}

/// Count of length 3 below 4: rows "$ 0 2 > 0 1 2 ." and "$ 1 3 > 1 2 3 .". The first answer is right but does not end;
/// the second has a wrong last number but ends. Numbers that are powers of one half keep the sums exact.
Predictions two_rows(const EvalBatch& batch) {
  const auto half_to_the = [](int power) { return static_cast<float>(power * std::log(0.5)); };
  std::vector<float> logs(batch.tokens.size(), -100.0f);
  std::vector<Token> tokens(batch.tokens.size(), -1);
  for (std::size_t row = 0; row < static_cast<std::size_t>(batch.rows); ++row) {
    const std::size_t answer = row * 8 + 4;
    const bool is_first = batch.tokens[answer] == 0;
    const std::vector<int> powers = is_first ? std::vector{1, 1, 0, 5} : std::vector{2, 0, 1, 0};
    for (std::size_t i = 0; i < 4; ++i) {
      logs[answer + i] = half_to_the(powers[i]);
      tokens[answer + i] = i == (is_first ? 3u : 2u) ? -1 : batch.tokens[answer + i];
    }
  }
  return {.token = tokens, .log_probability = logs};
}

TEST_CASE("scores: the metrics of two small answers are those worked out by hand", "[eval]") {
  const double ln2 = std::log(2.0);
  for (const std::int64_t rows_at_once : {1, 2, 128}) {
    const auto scores = scores_of(*count(4), {.batch = rows_at_once}, 3, two_rows);
    CHECK(scores.at("exact_match") == 0.5);
    CHECK(scores.at("exact_match_eos") == 0.0);
    CHECK(scores.at("token_accuracy") == Approx(5.0 / 6).epsilon(1e-12));
    CHECK(scores.at("nll") == Approx(5 * ln2 / 6).epsilon(1e-6));          // pooled: (1+1+0 + 2+0+1) / 6
    CHECK(scores.at("min_prob") == Approx(0.375).epsilon(1e-6));           // (1/2 + 1/4) / 2
    CHECK(scores.at("sequence_prob") == Approx(0.1875).epsilon(1e-6));     // (1/4 + 1/8) / 2
    CHECK(scores.at("sequence_nll") == Approx(2.5 * ln2).epsilon(1e-6));   // (2 + 3) / 2
    CHECK(scores.at("max_token_nll") == Approx(1.5 * ln2).epsilon(1e-6));  // (1 + 2) / 2
    CHECK(scores.count("exact_match_digits") == 0);
  }
}

TEST_CASE("scores: a compared end token enters every metric", "[eval]") {
  const double ln2 = std::log(2.0);
  const auto scores = scores_of(*count(4), {.compare_end = true}, 3, two_rows);
  CHECK(scores.at("exact_match") == 0.0);
  CHECK(scores.at("token_accuracy") == 0.75);
  CHECK(scores.at("nll") == Approx(10 * ln2 / 8).epsilon(1e-6));
  CHECK(scores.at("max_token_nll") == Approx(3.5 * ln2).epsilon(1e-6));  // (5 + 2) / 2
}

TEST_CASE("scores: token accuracy and nll pool tokens of rows of different length", "[eval]") {
  // Answers of one digit (hint, digit, end) and of two (twice hint and digit, end) under an extending sum.
  const auto task = addition("none_extend");
  const EvalConfig config{.sequences = 100};
  const EvalBatch batch = eval_batch(*task, config, 1, 0, 0, 100);
  const auto overflows = static_cast<double>(std::ranges::count(batch.answer, 1) - 300) / 2;
  REQUIRE(overflows > 10);
  const auto scores = scores_of(*task, config, 1, wrong_at({7}));  // $ a d + a d > and the answer's first hint
  CHECK(scores.at("token_accuracy") == Approx(1 - 100 / (300 + 2 * overflows)).epsilon(1e-12));
}

TEST_CASE("scores: a perfect model scores one and its losses are plain zeros", "[eval]") {
  const auto scores = scores_of(*addition(), {.sequences = 5}, 2, all_right);
  for (const auto& [metric, value] : scores) {
    INFO(metric);
    CHECK(value == (is_bounded(metric) ? 1.0 : 0.0));
    CHECK_FALSE(std::signbit(value));
  }
}

TEST_CASE("scores: exact_match_eos asks for the end token besides the compared ones", "[eval]") {
  const std::size_t end = 6, number = 5;  // $ l h > n n .
  const auto no_end = scores_of(*count(4), {}, 2, wrong_at({end}));
  CHECK(no_end.at("exact_match") == 1.0);
  CHECK(no_end.at("exact_match_eos") == 0.0);
  const auto wrong_number = scores_of(*count(4), {}, 2, wrong_at({number}));
  CHECK(wrong_number.at("exact_match") == 0.0);
  CHECK(wrong_number.at("exact_match_eos") == 0.0);
  CHECK(scores_of(*count(4), {}, 2, wrong_at({kNoColumn})).at("exact_match_eos") == 1.0);
}

TEST_CASE("scores: exact_match_digits forgives hints and the end, but no digit", "[eval]") {
  // $ a 0 a d + a 0 a d > a d a d .
  const EvalConfig config{.sequences = 5};
  const auto forgiven = scores_of(*addition(), config, 1, wrong_at({11, 13, 15}));
  CHECK(forgiven.at("exact_match") == 0.0);
  CHECK(forgiven.at("exact_match_digits") == 1.0);
  CHECK(forgiven.at("token_accuracy") == Approx(0.4).epsilon(1e-12));
  CHECK(scores_of(*addition(), config, 1, wrong_at({12})).at("exact_match_digits") == 0.0);
  CHECK(scores_of(*addition(), config, 1, wrong_at({14})).at("exact_match_digits") == 0.0);
}

TEST_CASE("scores: the names and their order are those of the results table", "[eval]") {
  const std::vector<std::string> plain{"exact_match", "exact_match_eos", "token_accuracy", "nll",
                                       "min_prob",    "sequence_prob",   "sequence_nll",   "max_token_nll"};
  CHECK(metric_names(*count(4)) == plain);
  std::vector<std::string> with_hints = plain;
  with_hints.push_back("exact_match_digits");
  CHECK(metric_names(*addition()) == with_hints);
  std::vector<std::string> with_choices = plain;
  with_choices.push_back("main_auxiliary");
  CHECK(metric_names(*questions()) == with_choices);

  std::vector<std::string> evaluated;
  for (const auto& [metric, value] : evaluate(*addition(), {.sequences = 2}, 1, 0, all_right))
    evaluated.push_back(metric);
  CHECK(evaluated == with_hints);
}

TEST_CASE("scores: losses are the unbounded metrics", "[eval]") {
  std::vector<std::string> unbounded;
  for (const std::string& metric : metric_names(*addition())) {
    if (!is_bounded(metric)) unbounded.push_back(metric);
  }
  CHECK(unbounded == std::vector<std::string>{"nll", "sequence_nll", "max_token_nll"});
  CHECK_FALSE(is_bounded("train_loss"));
}

TEST_CASE("scores: predictions of another shape are an internal error", "[eval]") {
  const Predict too_few = [](const EvalBatch& batch) {
    Predictions predictions = all_right(batch);
    predictions.log_probability.pop_back();
    return predictions;
  };
  CHECK_THROWS_AS(evaluate(*count(4), {}, 2, 0, too_few), Error);
  const Predict no_choice = [](const EvalBatch& batch) {
    return Predictions{.token = batch.tokens, .log_probability = std::vector<float>(batch.tokens.size(), 0.0f)};
  };
  CHECK_THROWS_AS(evaluate(*questions(), {.sequences = 2}, 1, 0, no_choice), Error);
  CHECK(evaluate(*count(4), {}, 2, 0, no_choice).size() == 8);
}

/// A model that is wrong about everything but chooses as `choose` says, given the token that is right.
Predict choosing(const std::function<Token(Token)>& choose) {
  return [choose](const EvalBatch& batch) {
    Predictions predictions = all_right(batch);
    std::ranges::fill(predictions.token, -1);
    std::ranges::transform(batch.tokens, predictions.choice.begin(), choose);
    return predictions;
  };
}

TEST_CASE("scores: main_auxiliary is the share of questions that begin with the right one of the auxiliaries",
          "[eval]") {
  const EvalConfig config{.batch = 7, .sequences = 50};
  const auto task = questions();
  std::int64_t begin_with_do = 0;
  const Token do_token = task->choices().front();
  for (std::int64_t i = 0; i < 50; ++i) {
    const Example example = task->test_example(1, i, {.sequences = 50});
    begin_with_do +=
        example.tokens[static_cast<std::size_t>(std::ranges::find(example.choice, 1) - example.choice.begin())] ==
        do_token;
  }
  REQUIRE(begin_with_do > 3);
  REQUIRE(begin_with_do < 47);
  const auto always_do = scores_of(*task, config, 1, choosing([&](Token) { return do_token; }));
  CHECK(always_do.at("main_auxiliary") == Approx(static_cast<double>(begin_with_do) / 50).epsilon(1e-12));
  CHECK(always_do.at("exact_match") == 0.0);
  const auto right = scores_of(*task, config, 1, choosing([](Token token) { return token; }));
  CHECK(right.at("main_auxiliary") == 1.0);
  CHECK(right.at("token_accuracy") == 0.0);
}

TEST_CASE("scores: choices count at the place of choice only and stay teacher-forced", "[eval]") {
  const auto task = questions();
  // Right at the answer's first token, wrong everywhere else, also where an auxiliary stands in a clause.
  const Predict at_the_front = [](const EvalBatch& batch) {
    Predictions predictions = all_right(batch);
    for (std::size_t cell = 1; cell < batch.tokens.size(); ++cell) {
      const bool is_first_of_answer = batch.answer[cell] && !batch.answer[cell - 1];
      if (!batch.choices.empty() && !is_first_of_answer) predictions.choice[cell] = -1;
    }
    return predictions;
  };
  for (const std::string mode : {"teacher_forced", "greedy"}) {
    CHECK(scores_of(*task, {.sequences = 20, .mode = mode}, 2, at_the_front).at("main_auxiliary") == 1.0);
  }
}

/// Counts on from the token before, but slips where the sum of all tokens so far is a multiple of 7.
Predictions slipping_counter(const EvalBatch& batch) {
  const Token arrow = 21, end = 22;
  Predictions predictions = all_right(batch);
  const auto columns = static_cast<std::size_t>(batch.columns);
  for (std::size_t start = 0; start < batch.tokens.size(); start += columns) {
    for (std::size_t t = 4; t < columns; ++t) {
      const auto before = batch.tokens.begin() + static_cast<std::ptrdiff_t>(start);
      const Token last = before[static_cast<std::ptrdiff_t>(t) - 1];
      const int sum = std::accumulate(before, before + static_cast<std::ptrdiff_t>(t), 0);
      const Token next = last == arrow ? before[1] : last == before[2] ? end : last + 1;
      predictions.token[start + t] = sum % 7 == 0 ? (next + 2) % 20 : next;
    }
  }
  return predictions;
}

TEST_CASE("scores: free-running generation agrees with teacher forcing on exact match", "[eval]") {
  const auto task = count(20);
  int partly_right = 0;
  for (const bool compare_end : {false, true}) {
    for (std::int64_t length = 1; length <= 8; ++length) {
      const EvalConfig forced{.batch = 5, .compare_end = compare_end};
      EvalConfig free = forced;
      free.mode = "greedy";
      const auto a = scores_of(*task, forced, length, slipping_counter);
      const auto b = scores_of(*task, free, length, slipping_counter);
      INFO("length " << length);
      CHECK(a.at("exact_match") == b.at("exact_match"));
      CHECK(a.at("exact_match_eos") == b.at("exact_match_eos"));
      partly_right += a.at("exact_match") > 0 && a.at("exact_match") < 1;
      if (length >= 3) CHECK(a.at("token_accuracy") != b.at("token_accuracy"));
    }
  }
  CHECK(partly_right >= 10);
}

TEST_CASE("scores: free-running generation goes on from its own mistakes", "[eval]") {
  // Answers lo+1, lo+2, ... : after a wrong first number, forcing puts it right and generation does not.
  const Predict one_ahead = [](const EvalBatch& batch) {
    Predictions predictions = all_right(batch);
    for (std::size_t cell = 1; cell < batch.tokens.size(); ++cell) {
      const Token last = batch.tokens[cell - 1];
      predictions.token[cell] = last == 21 ? batch.tokens[cell - 3] + 1 : last + 1;
    }
    return predictions;
  };
  CHECK(scores_of(*count(20), {}, 4, one_ahead).at("token_accuracy") == 0.75);
  CHECK(scores_of(*count(20), {.mode = "greedy"}, 4, one_ahead).at("token_accuracy") == 0.0);
}

TEST_CASE("scores: free-running generation never shows the model an answer to come", "[eval]") {
  const auto scores = scores_of(*count(20), {.mode = "greedy"}, 4, all_right);  // repeats the token it should predict
  CHECK(scores.at("exact_match") == 0.0);
  CHECK(scores.at("nll") == 0.0);  // the probabilities stay teacher-forced
}

}  // namespace
}  // namespace seedscape
