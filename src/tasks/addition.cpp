// Addition, first digit first: "$ 0 3 4 + 0 2 8 > 0 6 2 ." is 34 + 28 = 62 (github.com/rosieyzh/transformers_ssm_copy,
// folder synthetic_exps, by the first author of arXiv 2502.17356). Both operands are padded with zeros to one place
// more than the longer has. The sum is not: it is written without leading zeros and gets a single one if it is then
// shorter than the operands, so that "$ 0 0 3 + 0 0 4 > 0 7 ." has a shorter answer. The length of an answer is part of
// it.

#include <algorithm>

#include "builtin.h"
#include "digits.h"
#include "number_vocabulary.h"
#include "sampled_task.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

Vocabulary make_vocabulary(const TaskConfig& config) {
  Vocabulary vocabulary = number_vocabulary(config.base);
  vocabulary.text.emplace_back("+");
  return vocabulary;
}

/// Appends a number's digits, the ones last.
void write(const Digits& number, Numbers& line) { line.insert(line.end(), number.rbegin(), number.rend()); }

class Addition : public SampledTask {
 public:
  explicit Addition(const TaskConfig& config)
      : SampledTask(addition_limits(config), make_vocabulary(config)), config_(config) {}

  Example training_example(Rng& rng) const override {
    const auto [a, b] = draw_operand_lengths(config_, rng);
    return example(draw_operands(config_, a, b, rng));
  }

 private:
  /// Both operands have exactly `length` digits besides the padding.
  Example draw_test(std::int64_t length, const TestSetOptions& options, Rng& rng) const override {
    return example(draw_test_operands(config_, length, options.long_carries, rng));
  }

  Example example(Operands operands) const {
    Digits sum = add(operands, config_.base);
    const std::size_t places = std::max(operands.a.size(), operands.b.size()) + 1;
    while (sum.size() > 1 && sum.back() == 0) sum.pop_back();
    if (sum.size() < places) sum.push_back(0);
    for (Digits* number : {&operands.a, &operands.b}) number->resize(places, 0);

    Sequences problem;
    write(operands.a, problem.input);
    problem.input.push_back(vocabulary().padding + 1);  // '+'
    write(operands.b, problem.input);
    write(sum, problem.output);
    return sequence_example(vocabulary(), problem);
  }

  TaskConfig config_;
};

}  // namespace

TaskLimits addition_limits(const TaskConfig& config) {
  return {.longest_example = 3 * (config.train_length.max + 1) + 4,  // $ + > .
          .no_long_carries = no_long_carries(config)};
}

std::unique_ptr<Task> make_addition(const TaskConfig& config) { return std::make_unique<Addition>(config); }

}  // namespace seedscape
