#include "sequence_task.h"

#include <algorithm>
#include <numeric>

#include "number_vocabulary.h"
#include "sampled_task.h"

namespace seedscape {

namespace {

class SequenceTask : public SampledTask {
 public:
  SequenceTask(const TaskConfig& config, std::int64_t count, const TaskLimits& limits, DrawSequences draw)
      : SampledTask(limits, number_vocabulary(count)), count_(count), train_length_(config.train_length), draw_(draw) {}

  Example training_example(Rng& rng) const override {
    return example(rng.between(train_length_.min, train_length_.max), rng);
  }

 private:
  Example draw_test(std::int64_t length, const TestSetOptions&, Rng& rng) const override {
    return example(length, rng);
  }

  Example example(std::int64_t length, Rng& rng) const {
    return sequence_example(vocabulary(), draw_(count_, length, rng));
  }

  std::int64_t count_;
  LengthRange train_length_;
  DrawSequences draw_;
};

}  // namespace

std::unique_ptr<Task> make_sequence_task(const TaskConfig& config, std::int64_t count, const TaskLimits& limits,
                                         DrawSequences draw) {
  return std::make_unique<SequenceTask>(config, count, limits, draw);
}

Example sequence_example(const Vocabulary& vocabulary, const Sequences& sequences) {
  Example example;
  example.reserve(static_cast<std::int64_t>(sequences.input.size() + sequences.output.size()) + 3);
  example.push(vocabulary.begin);
  for (const Token number : sequences.input) example.push(number);
  example.push(vocabulary.arrow);
  for (const Token number : sequences.output) example.push(number, true, true);
  example.push(vocabulary.end, true, false, true);
  return example;
}

Numbers draw_numbers(std::int64_t count, std::int64_t length, Rng& rng) {
  Numbers numbers(static_cast<std::size_t>(length));
  for (Token& number : numbers) number = static_cast<Token>(rng.between(0, count - 1));
  return numbers;
}

Numbers draw_distinct(std::int64_t count, std::int64_t length, Rng& rng) {
  Numbers numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  for (std::int64_t i = 0; i < length; ++i) {  // the first places of Fisher and Yates's shuffle
    const std::int64_t other = rng.between(i, count - 1);
    std::swap(numbers[static_cast<std::size_t>(i)], numbers[static_cast<std::size_t>(other)]);
  }
  numbers.resize(static_cast<std::size_t>(length));
  return numbers;
}

}  // namespace seedscape
