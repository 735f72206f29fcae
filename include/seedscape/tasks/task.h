#pragma once
// A synthetic task: what one training example and one test problem look like.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "seedscape/base/rng.h"
#include "seedscape/config/cells.h"
#include "seedscape/config/config.h"
#include "seedscape/tasks/vocabulary.h"

namespace seedscape {

using Token = std::int32_t;

/// One token sequence "$ prompt > answer ." and what each of its tokens is.
///
/// Shapes: all vectors have the sequence's length; masks are 0 or 1
struct Example {
  std::vector<Token> tokens;
  std::vector<std::uint8_t> answer;  // tokens after '>', the end token included
  std::vector<std::uint8_t> digits;  // answer tokens that are not hints, the end token excluded
  std::vector<std::uint8_t> end;     // the end token '.'
  std::vector<std::uint8_t> choice;  // answer tokens that are one of the task's choices and stand for a decision

  /// Makes room for a number of tokens; only saves time.
  void reserve(std::int64_t size);

  /// Appends one token with its marks; the only way examples are built.
  void push(Token token, bool is_answer = false, bool is_digit = false, bool is_end = false, bool is_choice = false);
};

/// What a test set needs to know besides its length.
struct TestSetOptions {
  std::int64_t sequences = 0;  // eval.sequences
  std::uint64_t seed = 0;      // eval.seed, or the data seed when eval.test_set is per_seed
  bool hints_start_at_zero = false;
  bool long_carries = false;  // operands whose carry runs through every place, of a task that adds
};

class Task {
 public:
  virtual ~Task() = default;

  virtual const Vocabulary& vocabulary() const = 0;

  /// One fresh training example.
  virtual Example training_example(Rng& rng) const = 0;

  /// Tokens of the longest training example; train.context must hold it.
  virtual std::int64_t longest_training_example() const = 0;

  /// Least test length.
  virtual std::int64_t shortest_test_length() const { return 1; }

  /// Largest test length that the task's vocabulary can express.
  virtual std::int64_t longest_test_length() const = 0;

  /// Number of test problems of `length`: all of them, or options.sequences if the task samples.
  virtual std::int64_t test_size(std::int64_t length, const TestSetOptions& options) const = 0;

  /// Test problem `index` of `length`; a pure function of its arguments.
  virtual Example test_example(std::int64_t length, std::int64_t index, const TestSetOptions& options) const = 0;

  /// Whether exact_match compares the end token by default (in the authors' code: count no, all others yes).
  virtual bool compares_end() const = 0;

  /// Whether answers hold hints, so that exact_match_digits exists.
  virtual bool has_hints() const = 0;

  /// The tokens among which a model picks one at the places that Example::choice marks, ascending; none where the task
  /// has no such places.
  virtual std::vector<Token> choices() const { return {}; }
};

/// The task that config.kind names.
///
/// Requires: a config without task_problems; hint_max set if the task has hints
/// Throws:   Error(usage) for an unknown kind
std::unique_ptr<Task> make_task(const TaskConfig& config);

/// Kinds that make_task knows, in the order of the documentation.
std::vector<std::string> task_names();

/// Rules between the keys of a cell and the sweep that depend on the task: the vocabulary holds the longest range,
/// train.context the longest example, the task can express every test length, task.loss_on and what eval.* asks
/// of test problems fit. Safe for any values that the field table lets through; one entry for each broken rule.
std::vector<KeyProblem> task_problems(const Cell& cell, const EvalConfig& eval);

}  // namespace seedscape
