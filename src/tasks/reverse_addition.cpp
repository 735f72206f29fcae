// Addition with index hints and the answer in reverse: "$ a0 3 a1 4 + a0 2 a1 8 > a1 2 a0 6 ." is 34 + 28 = 62
// (arXiv 2502.17356, section 2.1; the layout of padded operands follows Zhou et al., arXiv 2310.16028).

#include <algorithm>

#include "builtin.h"
#include "digits.h"
#include "number_vocabulary.h"
#include "sampled_task.h"

namespace seedscape {

namespace {

/// Hints for a longer operand of `digits` digits: one for each place that the answer can have.
std::int64_t hints_needed(const TaskConfig& config, std::int64_t digits) {
  return digits + (config.carry == "none_reject" ? 0 : 1);
}

std::int64_t hint_count(const TaskConfig& config) { return config.hint_max.value() + 1; }

/// Digits, marks, '+', the mark 'a' if a hint is two tokens, and the hints, if there are any.
Vocabulary make_vocabulary(const TaskConfig& config) {
  Vocabulary vocabulary = number_vocabulary(config.base);
  vocabulary.text.emplace_back("+");
  if (config.hint_tokens == 0) return vocabulary;
  const bool one_token = config.hint_tokens == 1;
  if (!one_token) vocabulary.text.emplace_back("a");
  for (std::int64_t i = 0; i < hint_count(config); ++i) {
    vocabulary.text.push_back((one_token ? "a" : "#") + std::to_string(i));
  }
  return vocabulary;
}

class ReverseAddition : public SampledTask {
 public:
  explicit ReverseAddition(const TaskConfig& config)
      : SampledTask(reverse_addition_limits(config), make_vocabulary(config)),
        config_(config),
        plus_(vocabulary().padding + 1),
        hint_mark_(plus_ + 1),
        first_hint_(plus_ + static_cast<Token>(config.hint_tokens)) {}

  Example training_example(Rng& rng) const override {
    const auto [a, b] = draw_operand_lengths(config_, rng);
    return hinted_example(draw_operands(config_, a, b, rng), false, rng);
  }

 private:
  /// Both operands have exactly `length` digits.
  Example draw_test(std::int64_t length, const TestSetOptions& options, Rng& rng) const override {
    return hinted_example(draw_test_operands(config_, length, options.long_carries, rng), options.hints_start_at_zero,
                          rng);
  }

  Example hinted_example(Operands operands, bool hints_start_at_zero, Rng& rng) const {
    Digits sum = add(operands, config_.base);
    const std::size_t longer = std::max(operands.a.size(), operands.b.size());
    const std::int64_t needed = hints_needed(config_, static_cast<std::int64_t>(longer));
    if (config_.carry == "pad") {
      for (Digits* number : {&operands.a, &operands.b, &sum}) number->resize(static_cast<std::size_t>(needed), 0);
    }
    return write_example(operands, sum, draw_hints(needed, hints_start_at_zero, rng));
  }

  /// The hint of each place value; the ones have the last, so that hints grow from left to right.
  std::vector<Token> draw_hints(std::int64_t needed, bool start_at_zero, Rng& rng) const {
    if (config_.hint_tokens == 0) return {};
    const std::int64_t count = hint_count(config_);
    const std::int64_t starts = config_.hint_order == "cyclic" ? count : count - needed + 1;
    const std::int64_t first = start_at_zero ? 0 : rng.between(0, starts - 1);
    std::vector<Token> hints(static_cast<std::size_t>(needed));
    for (std::int64_t place = 0; place < needed; ++place) {
      hints[static_cast<std::size_t>(place)] = first_hint_ + static_cast<Token>((first + needed - 1 - place) % count);
    }
    return hints;
  }

  Example write_example(const Operands& operands, const Digits& sum, const std::vector<Token>& hints) const {
    const auto& [a, b] = operands;
    Example example;
    example.reserve(4 + static_cast<std::int64_t>(a.size() + b.size() + sum.size()) * (config_.hint_tokens + 1));
    const auto push_place = [&](const Digits& number, std::size_t place, bool is_answer) {
      if (config_.hint_tokens == 2) example.push(hint_mark_, is_answer);
      if (config_.hint_tokens > 0) example.push(hints[place], is_answer);
      example.push(number[place], is_answer, is_answer);
    };
    example.push(vocabulary().begin);
    for (std::size_t place = a.size(); place-- > 0;) push_place(a, place, false);
    example.push(plus_);
    for (std::size_t place = b.size(); place-- > 0;) push_place(b, place, false);
    example.push(vocabulary().arrow);
    for (std::size_t place = 0; place < sum.size(); ++place) push_place(sum, place, true);
    example.push(vocabulary().end, true, false, true);
    return example;
  }

  TaskConfig config_;
  Token plus_;
  Token hint_mark_;   // 'a', where a hint is two tokens
  Token first_hint_;  // a0, or the number 0 of a hint
};

}  // namespace

TaskLimits reverse_addition_limits(const TaskConfig& config) {
  const std::int64_t digits = config.train_length.max;
  const std::int64_t operand_places = config.carry == "pad" ? digits + 1 : digits;
  const std::int64_t places = 2 * operand_places + hints_needed(config, digits);
  TaskLimits limits{.has_hints = config.hint_tokens > 0,
                    .longest_example = places * (config.hint_tokens + 1) + 4,  // $ + > .
                    .no_long_carries = no_long_carries(config)};
  if (limits.has_hints) {
    limits.longest_length = hint_count(config) - hints_needed(config, 0);
    limits.length_key = "task.hint_max";
  }
  // Two binary numbers of one length that both begin with 1 always overflow: rejection would never end.
  if (config.base == 2 && config.digits == "first_nonzero" && config.carry == "none_reject") {
    limits.problems.push_back({"task.carry", "leaves no problem of base 2 whose first digits are 1 without overflow",
                               "pad or none_extend", "none_reject"});
  }
  return limits;
}

std::unique_ptr<Task> make_reverse_addition(const TaskConfig& config) {
  return std::make_unique<ReverseAddition>(config);
}

}  // namespace seedscape
