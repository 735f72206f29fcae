// Addition with index hints and the answer in reverse: "$ a0 3 a1 4 + a0 2 a1 8 > a1 2 a0 6 ." is 34 + 28 = 62
// (arXiv 2502.17356, section 2.1; the layout of padded operands follows Zhou et al., arXiv 2310.16028).

#include <algorithm>

#include "builtin.h"

namespace seedscape {

namespace {

/// A number's digits by place value: digit[0] is the ones.
using Digits = std::vector<Token>;

Digits draw_number(std::int64_t length, std::int64_t base, bool first_nonzero, Rng& rng) {
  Digits digits(static_cast<std::size_t>(length));
  for (std::size_t place = digits.size(); place-- > 0;) {
    const bool is_first = place + 1 == digits.size();
    digits[place] = static_cast<Token>(rng.between(is_first && first_nonzero ? 1 : 0, base - 1));
  }
  return digits;
}

/// The sum with as many digits as the longer operand, and one more if it overflows.
Digits add(const Digits& a, const Digits& b, std::int64_t base) {
  Digits sum(std::max(a.size(), b.size()));
  std::int64_t carry = 0;
  for (std::size_t place = 0; place < sum.size(); ++place) {
    const std::int64_t total = carry + (place < a.size() ? a[place] : 0) + (place < b.size() ? b[place] : 0);
    sum[place] = static_cast<Token>(total % base);
    carry = total / base;
  }
  if (carry > 0) sum.push_back(static_cast<Token>(carry));
  return sum;
}

/// Hints for a longer operand of `digits` digits: one for each place that the answer can have.
std::int64_t hints_needed(const TaskConfig& config, std::int64_t digits) {
  return digits + (config.carry == "none_reject" ? 0 : 1);
}

std::int64_t hint_count(const TaskConfig& config) { return config.hint_max.value() + 1; }

class ReverseAddition : public Task {
 public:
  explicit ReverseAddition(const TaskConfig& config) : config_(config), limits_(reverse_addition_limits(config)) {
    for (std::int64_t i = 0; i < config.base; ++i) vocabulary_.text.push_back(std::to_string(i));
    vocabulary_.begin = add_token("$");
    vocabulary_.arrow = add_token(">");
    vocabulary_.end = add_token(".");
    vocabulary_.padding = add_token("*");
    plus_ = add_token("+");
    const bool one_token = config.hint_tokens == 1;
    if (!one_token) hint_mark_ = add_token("a");
    first_hint_ = static_cast<Token>(vocabulary_.size());
    for (std::int64_t i = 0; i < hint_count(config); ++i) add_token((one_token ? "a" : "#") + std::to_string(i));
  }

  const Vocabulary& vocabulary() const override { return vocabulary_; }

  Example training_example(Rng& rng) const override {
    const std::int64_t a = rng.between(config_.train_length.min, config_.train_length.max);
    const bool equal = config_.operand_lengths == "equal";
    const std::int64_t b = equal ? a : rng.between(config_.train_length.min, config_.train_length.max);
    return draw_example(a, b, false, rng);
  }

  std::int64_t longest_training_example() const override { return limits_.longest_example; }
  std::int64_t longest_test_length() const override { return limits_.longest_length; }

  std::int64_t test_size(std::int64_t, const TestSetOptions& options) const override { return options.sequences; }

  /// Both operands have exactly `length` digits.
  Example test_example(std::int64_t length, std::int64_t index, const TestSetOptions& options) const override {
    Rng rng(options.seed, Purpose::evaluation_data, static_cast<std::uint32_t>(length),
            static_cast<std::uint32_t>(index));
    return draw_example(length, length, options.hints_start_at_zero, rng);
  }

  bool compares_end() const override { return true; }
  bool has_hints() const override { return limits_.has_hints; }

 private:
  Token add_token(const std::string& text) {
    vocabulary_.text.push_back(text);
    return static_cast<Token>(vocabulary_.size() - 1);
  }

  /// Draws the digits of a, then of b, from the first on (anew while a rejected overflow comes out), then the first
  /// hint.
  Example draw_example(std::int64_t a_length, std::int64_t b_length, bool hints_start_at_zero, Rng& rng) const {
    const bool first_nonzero = config_.digits == "first_nonzero";
    const auto longer = static_cast<std::size_t>(std::max(a_length, b_length));
    Digits a, b, sum;
    do {
      a = draw_number(a_length, config_.base, first_nonzero, rng);
      b = draw_number(b_length, config_.base, first_nonzero, rng);
      sum = add(a, b, config_.base);
    } while (config_.carry == "none_reject" && sum.size() > longer);

    const std::int64_t needed = hints_needed(config_, static_cast<std::int64_t>(longer));
    if (config_.carry == "pad") {
      for (Digits* number : {&a, &b, &sum}) number->resize(static_cast<std::size_t>(needed), 0);
    }
    return write_example(a, b, sum, draw_hints(needed, hints_start_at_zero, rng));
  }

  /// The hint of each place value; the ones have the last, so that hints grow from left to right.
  std::vector<Token> draw_hints(std::int64_t needed, bool start_at_zero, Rng& rng) const {
    const std::int64_t count = hint_count(config_);
    const std::int64_t starts = config_.hint_order == "cyclic" ? count : count - needed + 1;
    const std::int64_t first = start_at_zero ? 0 : rng.between(0, starts - 1);
    std::vector<Token> hints(static_cast<std::size_t>(needed));
    for (std::int64_t place = 0; place < needed; ++place) {
      hints[static_cast<std::size_t>(place)] = first_hint_ + static_cast<Token>((first + needed - 1 - place) % count);
    }
    return hints;
  }

  Example write_example(const Digits& a, const Digits& b, const Digits& sum, const std::vector<Token>& hints) const {
    Example example;
    example.reserve(4 + static_cast<std::int64_t>(a.size() + b.size() + sum.size()) * (config_.hint_tokens + 1));
    const auto push_place = [&](const Digits& number, std::size_t place, bool is_answer) {
      if (config_.hint_tokens == 2) example.push(hint_mark_, is_answer);
      example.push(hints[place], is_answer);
      example.push(number[place], is_answer, is_answer);
    };
    example.push(vocabulary_.begin);
    for (std::size_t place = a.size(); place-- > 0;) push_place(a, place, false);
    example.push(plus_);
    for (std::size_t place = b.size(); place-- > 0;) push_place(b, place, false);
    example.push(vocabulary_.arrow);
    for (std::size_t place = 0; place < sum.size(); ++place) push_place(sum, place, true);
    example.push(vocabulary_.end, true, false, true);
    return example;
  }

  TaskConfig config_;
  TaskLimits limits_;
  Vocabulary vocabulary_;
  Token plus_ = 0;
  Token hint_mark_ = 0;   // 'a', where a hint is two tokens
  Token first_hint_ = 0;  // a0, or the number 0 of a hint
};

}  // namespace

TaskLimits reverse_addition_limits(const TaskConfig& config) {
  const std::int64_t digits = config.train_length.max;
  const std::int64_t operand_places = config.carry == "pad" ? digits + 1 : digits;
  const std::int64_t places = 2 * operand_places + hints_needed(config, digits);
  TaskLimits limits{.has_hints = true,
                    .longest_example = places * (config.hint_tokens + 1) + 4,  // $ + > .
                    .longest_length = hint_count(config) - hints_needed(config, 0),
                    .length_key = "task.hint_max"};
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
