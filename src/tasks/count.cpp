// Counting from a first to a last number: "$ lo hi > lo lo+1 ... hi ." (arXiv 2502.17356, appendix A.1).

#include "builtin.h"
#include "number_vocabulary.h"

namespace seedscape {

namespace {

constexpr std::int64_t kTokensAroundAnswer = 5;  // $ lo hi > .

class Count : public Task {
 public:
  explicit Count(const TaskConfig& config)
      : numbers_(config.vocabulary),
        train_length_(config.train_length),
        limits_(count_limits(config)),
        vocabulary_(number_vocabulary(config.vocabulary)) {}

  const Vocabulary& vocabulary() const override { return vocabulary_; }

  Example training_example(Rng& rng) const override {
    const std::int64_t length = rng.between(train_length_.min, train_length_.max);
    return example(length, rng.between(0, numbers_ - length));
  }

  std::int64_t longest_training_example() const override { return limits_.longest_example; }
  std::int64_t longest_test_length() const override { return limits_.longest_length; }

  /// Every first number that leaves room for the answer.
  std::int64_t test_size(std::int64_t length, const TestSetOptions&) const override { return numbers_ - length + 1; }

  Example test_example(std::int64_t length, std::int64_t index, const TestSetOptions&) const override {
    return example(length, index);
  }

  bool compares_end() const override { return false; }
  bool has_hints() const override { return limits_.has_hints; }

 private:
  Example example(std::int64_t length, std::int64_t first) const {
    const auto low = static_cast<Token>(first);
    const auto high = static_cast<Token>(first + length - 1);
    Example example;
    example.reserve(length + kTokensAroundAnswer);
    example.push(vocabulary_.begin);
    example.push(low);
    example.push(high);
    example.push(vocabulary_.arrow);
    for (Token number = low; number <= high; ++number) example.push(number, true, true);
    example.push(vocabulary_.end, true, false, true);
    return example;
  }

  std::int64_t numbers_;
  LengthRange train_length_;
  TaskLimits limits_;
  Vocabulary vocabulary_;
};

}  // namespace

TaskLimits count_limits(const TaskConfig& config) {
  return {.has_hints = false,
          .longest_example = config.train_length.max + kTokensAroundAnswer,
          .longest_length = config.vocabulary,
          .length_key = "task.vocabulary"};
}

std::unique_ptr<Task> make_count(const TaskConfig& config) { return std::make_unique<Count>(config); }

}  // namespace seedscape
