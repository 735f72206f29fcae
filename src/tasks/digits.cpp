#include "digits.h"

#include <algorithm>

namespace seedscape {

namespace {

Digits draw_number(std::int64_t length, std::int64_t base, bool first_nonzero, Rng& rng) {
  Digits digits(static_cast<std::size_t>(length));
  for (std::size_t place = digits.size(); place-- > 0;) {
    const bool is_first = place + 1 == digits.size();
    digits[place] = static_cast<Token>(rng.between(is_first && first_nonzero ? 1 : 0, base - 1));
  }
  return digits;
}

bool overflows(const Operands& operands, std::int64_t base) {
  return add(operands, base).size() > std::max(operands.a.size(), operands.b.size());
}

}  // namespace

std::pair<std::int64_t, std::int64_t> draw_operand_lengths(const TaskConfig& config, Rng& rng) {
  const auto [min, max] = config.train_length;
  const std::int64_t a = rng.between(min, max);
  return {a, config.operand_lengths == "equal" ? a : rng.between(min, max)};
}

Operands draw_operands(const TaskConfig& config, std::int64_t a_length, std::int64_t b_length, Rng& rng) {
  const bool first_nonzero = config.digits == "first_nonzero";
  Operands operands;
  do {
    operands.a = draw_number(a_length, config.base, first_nonzero, rng);
    operands.b = draw_number(b_length, config.base, first_nonzero, rng);
  } while (config.carry == "none_reject" && overflows(operands, config.base));
  return operands;
}

Digits add(const Operands& operands, std::int64_t base) {
  const auto& [a, b] = operands;
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

}  // namespace seedscape
