#pragma once
// What the tasks have in common whose test problems are drawn, not enumerated.

#include <cstdint>

#include "builtin.h"

namespace seedscape {

/// A task that draws test problem `index` of `length` from the evaluation stream at (length, index).
class SampledTask : public Task {
 public:
  SampledTask(TaskLimits limits, Vocabulary vocabulary);

  const Vocabulary& vocabulary() const final { return vocabulary_; }
  std::int64_t longest_training_example() const final { return limits_.longest_example; }
  std::int64_t shortest_test_length() const final { return limits_.shortest_length; }
  std::int64_t longest_test_length() const final { return limits_.longest_length; }
  std::int64_t test_size(std::int64_t length, const TestSetOptions& options) const final;
  Example test_example(std::int64_t length, std::int64_t index, const TestSetOptions& options) const final;
  bool compares_end() const final { return true; }
  bool has_hints() const final { return limits_.has_hints; }

 private:
  /// One test problem of exactly `length`.
  virtual Example draw_test(std::int64_t length, const TestSetOptions& options, Rng& rng) const = 0;

  TaskLimits limits_;
  Vocabulary vocabulary_;
};

}  // namespace seedscape
