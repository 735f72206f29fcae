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

Operands draw_long_carry(const TaskConfig& config, std::int64_t length, Rng& rng) {
  const std::int64_t base = config.base;
  Operands operands;
  auto& [a, b] = operands;
  a.resize(static_cast<std::size_t>(length));
  b.resize(a.size());
  for (std::size_t place = a.size(); --place > 0;) {
    const bool is_first = place + 1 == a.size();
    const std::int64_t least = is_first && config.digits == "first_nonzero" ? 1 : 0;
    a[place] = static_cast<Token>(rng.between(least, base - 1 - least));
    b[place] = static_cast<Token>(base - 1) - a[place];
  }
  do {
    a[0] = static_cast<Token>(rng.between(1, base - 1));
    b[0] = static_cast<Token>(rng.between(1, base - 1));
  } while (a[0] + b[0] < base);
  return operands;
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

Operands draw_test_operands(const TaskConfig& config, std::int64_t length, bool long_carries, Rng& rng) {
  return long_carries ? draw_long_carry(config, length, rng) : draw_operands(config, length, length, rng);
}

std::string no_long_carries(const TaskConfig& config) {
  if (config.carry == "none_reject") return "needs sums that overflow, which task.carry none_reject leaves out";
  if (config.base == 2 && config.digits == "first_nonzero") return "leaves no sum of base 2 whose first digits are 1";
  return "";
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
