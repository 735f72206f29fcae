#pragma once
// Test problems in batches of a fixed number of rows, with the tokens that each metric counts.

#include <cstdint>
#include <vector>

#include "seedscape/config/config.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

/// Shapes: tokens and masks [rows, columns] row-major, shorter rows padded at the right with '*' and mask 0.
///         A mask is 1 at a token that counts as a target, so never in column 0.
struct EvalBatch {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<Token> tokens;
  std::vector<std::uint8_t> answer;   // after '>', the end token included
  std::vector<std::uint8_t> compare;  // the token set of exact_match
  std::vector<std::uint8_t> digits;
  std::vector<std::uint8_t> end;
  std::vector<std::uint8_t> choice;  // where the model picks one of `choices`
  std::vector<Token> choices;        // ascending; empty where the task has none
};

/// The test problems [first, first + rows) of one length, fewer at the end of the set.
EvalBatch eval_batch(const Task& task, const EvalConfig& config, std::int64_t length, std::uint64_t data_seed,
                     std::int64_t first, std::int64_t rows);

/// Number of test problems of one length.
std::int64_t eval_size(const Task& task, const EvalConfig& config, std::int64_t length);

}  // namespace seedscape
