#include "seedscape/eval/scores.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "seedscape/base/error.h"

namespace seedscape {

namespace {

/// Sums over the test problems of one length.
struct Tally {
  std::int64_t rows = 0, exact = 0, exact_with_end = 0, exact_digits = 0;
  std::int64_t tokens = 0, hits = 0;
  std::int64_t choices = 0, choice_hits = 0;
  double nll = 0, min_prob = 0, sequence_prob = 0, max_token_nll = 0;

  static double share(std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  }
  double per_row(double sum) const { return sum / static_cast<double>(rows); }
  double per_row(std::int64_t sum) const { return per_row(static_cast<double>(sum)); }
};

/// Which tasks a metric exists for.
using Exists = bool (*)(const Task&);
constexpr Exists kAlways = [](const Task&) { return true; };
constexpr Exists kWithHints = [](const Task& task) { return task.has_hints(); };
constexpr Exists kWithChoices = [](const Task& task) { return !task.choices().empty(); };

struct Metric {
  const char* name;
  bool bounded;
  Exists exists;
  double (*value)(const Tally&);
};

constexpr std::array kMetrics{
    Metric{"exact_match", true, kAlways, [](const Tally& t) { return t.per_row(t.exact); }},
    Metric{"exact_match_eos", true, kAlways, [](const Tally& t) { return t.per_row(t.exact_with_end); }},
    Metric{"token_accuracy", true, kAlways, [](const Tally& t) { return Tally::share(t.hits, t.tokens); }},
    Metric{"nll", false, kAlways, [](const Tally& t) { return t.nll / static_cast<double>(t.tokens); }},
    Metric{"min_prob", true, kAlways, [](const Tally& t) { return t.per_row(t.min_prob); }},
    Metric{"sequence_prob", true, kAlways, [](const Tally& t) { return t.per_row(t.sequence_prob); }},
    Metric{"sequence_nll", false, kAlways, [](const Tally& t) { return t.per_row(t.nll); }},
    Metric{"max_token_nll", false, kAlways, [](const Tally& t) { return t.per_row(t.max_token_nll); }},
    Metric{"exact_match_digits", true, kWithHints, [](const Tally& t) { return t.per_row(t.exact_digits); }},
    Metric{"main_auxiliary", true, kWithChoices, [](const Tally& t) { return Tally::share(t.choice_hits, t.choices); }},
};

/// Adds row `row`.
void add_row(Tally& tally, const EvalBatch& batch, std::size_t row, const Predictions& predictions) {
  bool exact = true, exact_end = true, exact_digits = true;
  double row_nll = 0, row_max = 0;
  const auto columns = static_cast<std::size_t>(batch.columns);
  for (std::size_t cell = row * columns + 1; cell < (row + 1) * columns; ++cell) {
    const bool hit = predictions.token[cell] == batch.tokens[cell];
    if (batch.end[cell]) exact_end = hit;
    if (batch.digits[cell]) exact_digits &= hit;
    if (batch.choice[cell]) {
      tally.choices += 1;
      tally.choice_hits += predictions.choice[cell] == batch.tokens[cell];
    }
    if (!batch.compare[cell]) continue;
    const double nll = -static_cast<double>(predictions.log_probability[cell]);
    exact &= hit;
    tally.tokens += 1;
    tally.hits += hit;
    row_nll += nll;
    row_max = std::max(row_max, nll);
  }
  tally.rows += 1;
  tally.exact += exact;
  tally.exact_with_end += exact && exact_end;
  tally.exact_digits += exact_digits;
  tally.nll += row_nll;
  tally.max_token_nll += row_max;
  tally.min_prob += std::exp(-row_max);
  tally.sequence_prob += std::exp(-row_nll);
}

Predictions checked_predictions(const Predict& predict, const EvalBatch& batch) {
  Predictions predictions = predict(batch);
  const std::size_t size = batch.tokens.size(), choices = batch.choices.empty() ? 0 : size;
  if (predictions.token.size() != size || predictions.log_probability.size() != size ||
      predictions.choice.size() != choices) {
    throw Error(ErrorKind::internal, "predictions do not have the shape of their test problems");
  }
  return predictions;
}

/// The model's own answers: each answer token is the prediction after those before it.
/// Answer tokens to come are hidden.
///
/// Shapes: result [rows, columns]
std::vector<Token> generate(const EvalBatch& batch, Token hidden, const Predict& predict) {
  EvalBatch seen = batch;
  seen.choices.clear();  // only the tokens are asked for
  for (std::size_t cell = 0; cell < seen.tokens.size(); ++cell) {
    if (batch.answer[cell]) seen.tokens[cell] = hidden;
  }
  const auto columns = static_cast<std::size_t>(batch.columns);
  for (std::size_t column = 1; column < columns; ++column) {
    std::vector<std::size_t> wanted;
    for (std::size_t cell = column; cell < batch.tokens.size(); cell += columns) {
      if (batch.answer[cell]) wanted.push_back(cell);
    }
    if (wanted.empty()) continue;
    const Predictions predictions = checked_predictions(predict, seen);
    for (const std::size_t cell : wanted) seen.tokens[cell] = predictions.token[cell];
  }
  return seen.tokens;
}

}  // namespace

std::vector<std::string> metric_names(const Task& task) {
  std::vector<std::string> names;
  for (const Metric& metric : kMetrics) {
    if (metric.exists(task)) names.emplace_back(metric.name);
  }
  return names;
}

bool is_bounded(const std::string& metric) {
  return std::ranges::any_of(kMetrics, [&](const Metric& m) { return m.bounded && m.name == metric; });
}

Scores evaluate(const Task& task, const EvalConfig& config, std::int64_t length, std::uint64_t data_seed,
                const Predict& predict) {
  Tally tally;
  const std::int64_t size = eval_size(task, config, length);
  for (std::int64_t first = 0; first < size; first += config.batch) {
    const EvalBatch batch = eval_batch(task, config, length, data_seed, first, config.batch);
    Predictions predictions = checked_predictions(predict, batch);
    if (config.mode == "greedy") predictions.token = generate(batch, task.vocabulary().padding, predict);
    for (std::size_t row = 0; row < static_cast<std::size_t>(batch.rows); ++row) {
      add_row(tally, batch, row, predictions);
    }
  }
  Scores scores;
  for (const Metric& metric : kMetrics) {
    if (metric.exists(task)) scores.emplace_back(metric.name, metric.value(tally));
  }
  return scores;
}

}  // namespace seedscape
