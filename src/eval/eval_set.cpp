#include "seedscape/eval/eval_set.h"

#include <algorithm>

namespace seedscape {

namespace {

TestSetOptions test_set_options(const EvalConfig& config, std::uint64_t data_seed) {
  return {.sequences = config.sequences,
          .seed = config.test_set == "per_seed" ? data_seed : static_cast<std::uint64_t>(config.seed),
          .hints_start_at_zero = config.hint_start == "zero",
          .long_carries = config.carries == "long"};
}

/// Whether exact_match compares token t of an example.
bool is_compared(const Example& example, std::size_t t, bool only_digits, bool compare_end) {
  if (example.end[t]) return compare_end;
  return only_digits ? example.digits[t] : example.answer[t];
}

/// A test problem behind solved examples as training has them, of which no token counts.
Example with_shots(const Task& task, Example problem, std::int64_t shots, Rng rng) {
  if (shots == 0) return problem;
  Example whole;
  for (std::int64_t i = 0; i < shots; ++i) {
    for (const Token token : task.training_example(rng).tokens) whole.push(token);
  }
  for (std::size_t t = 0; t < problem.tokens.size(); ++t) {
    whole.push(problem.tokens[t], problem.answer[t], problem.digits[t], problem.end[t], problem.choice[t]);
  }
  return whole;
}

}  // namespace

EvalBatch eval_batch(const Task& task, const EvalConfig& config, std::int64_t length, std::uint64_t data_seed,
                     std::int64_t first, std::int64_t rows) {
  const TestSetOptions options = test_set_options(config, data_seed);
  const std::int64_t last = std::min(first + rows, task.test_size(length, options));
  std::vector<Example> examples;
  std::size_t columns = 0;
  for (std::int64_t index = first; index < last; ++index) {
    const Rng rng(options.seed, Purpose::test_context, static_cast<std::uint32_t>(length),
                  static_cast<std::uint32_t>(index));
    examples.push_back(with_shots(task, task.test_example(length, index, options), config.shots, rng));
    columns = std::max(columns, examples.back().tokens.size());
  }

  EvalBatch batch;
  batch.rows = static_cast<std::int64_t>(examples.size());
  batch.columns = static_cast<std::int64_t>(columns);
  batch.tokens.assign(examples.size() * columns, task.vocabulary().padding);
  for (auto* mask : {&batch.answer, &batch.compare, &batch.digits, &batch.end, &batch.choice}) {
    mask->assign(batch.tokens.size(), 0);
  }
  batch.choices = task.choices();
  const bool only_digits = config.compare_on == "digits";
  const bool compare_end = config.compare_end.value_or(task.compares_end());
  for (std::size_t row = 0; row < examples.size(); ++row) {
    const Example& example = examples[row];
    for (std::size_t t = 0; t < example.tokens.size(); ++t) {
      const std::size_t cell = row * columns + t;
      batch.tokens[cell] = example.tokens[t];
      batch.answer[cell] = example.answer[t];
      batch.compare[cell] = is_compared(example, t, only_digits, compare_end);
      batch.digits[cell] = example.digits[t];
      batch.end[cell] = example.end[t];
      batch.choice[cell] = example.choice[t];
    }
  }
  return batch;
}

std::int64_t eval_size(const Task& task, const EvalConfig& config, std::int64_t length) {
  return task.test_size(length, test_set_options(config, 0));
}

}  // namespace seedscape
