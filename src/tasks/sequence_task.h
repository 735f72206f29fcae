#pragma once
// Tasks that answer a drawn list of numbers with another: "$ input > output .". The six of them follow
// github.com/rosieyzh/transformers_ssm_copy, folder synthetic_exps, by the first author of arXiv 2502.17356.

#include <cstdint>
#include <memory>
#include <vector>

#include "builtin.h"

namespace seedscape {

using Numbers = std::vector<Token>;

/// How many numbers a task of bits has: 0 and 1.
inline constexpr std::int64_t kBits = 2;

/// What stands before '>' and what stands after it, without the marks around.
struct Sequences {
  Numbers input, output;
};

/// Draws a problem whose input has `length` of the numbers 0 .. count-1.
using DrawSequences = Sequences (*)(std::int64_t count, std::int64_t length, Rng& rng);

/// A task of the numbers 0 .. count-1: the stream of an example gives its length, uniform over train_length, then
/// what `draw` takes.
std::unique_ptr<Task> make_sequence_task(const TaskConfig& config, std::int64_t count, const TaskLimits& limits,
                                         DrawSequences draw);

/// "$ input > output ."
Example sequence_example(const Vocabulary& vocabulary, const Sequences& sequences);

/// `length` of the numbers 0 .. count-1, each drawn from all of them.
Numbers draw_numbers(std::int64_t count, std::int64_t length, Rng& rng);

/// `length` different ones of the numbers 0 .. count-1, in random order.
///
/// Requires: length <= count
Numbers draw_distinct(std::int64_t count, std::int64_t length, Rng& rng);

}  // namespace seedscape
