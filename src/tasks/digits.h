#pragma once
// Numbers as digits: what the two additions share.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "seedscape/base/rng.h"
#include "seedscape/config/config.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

/// A number's digits by place value: digit[0] is the ones.
using Digits = std::vector<Token>;

struct Operands {
  Digits a, b;
};

/// Lengths of the two operands of a training example, the first's first.
std::pair<std::int64_t, std::int64_t> draw_operand_lengths(const TaskConfig& config, Rng& rng);

/// The digits of a, then of b, each from its first on; both anew while a rejected overflow comes out.
Operands draw_operands(const TaskConfig& config, std::int64_t a_length, std::int64_t b_length, Rng& rng);

/// Operands of a test problem, both of exactly `length` digits. With long_carries the digits of the ones sum to at
/// least the base and those of each further place to base - 1, so that what is carried out of the ones runs through to
/// the overflow; each such pair is as likely as any other.
///
/// Requires: no_long_carries(config) is empty where long_carries is set
Operands draw_test_operands(const TaskConfig& config, std::int64_t length, bool long_carries, Rng& rng);

/// Why no operands have a carry through every place, for a message; "" where some do.
std::string no_long_carries(const TaskConfig& config);

/// The sum with as many digits as the longer operand, and one more if it overflows.
Digits add(const Operands& operands, std::int64_t base);

}  // namespace seedscape
