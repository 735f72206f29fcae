#include "tasks/digits.h"

#include <map>

#include "support/test.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

Operands long_carry(const TaskConfig& config, std::int64_t length, std::uint32_t index) {
  Rng rng(3, Purpose::evaluation_data, static_cast<std::uint32_t>(length), index);
  return draw_test_operands(config, length, true, rng);
}

/// Places that a carry leaves.
std::int64_t carries(const Operands& operands, std::int64_t base) {
  std::int64_t count = 0, carry = 0;
  for (std::size_t place = 0; place < operands.a.size(); ++place) {
    carry = (operands.a[place] + operands.b[place] + carry) / base;
    count += carry;
  }
  return count;
}

TEST_CASE("digits: a sum is one digit longer than its operands where it overflows", "[tasks]") {
  CHECK(add({{4, 3}, {8, 2}}, 10) == Digits{2, 6});          // 34 + 28
  CHECK(add({{8, 5}, {7, 6}}, 10) == Digits{5, 2, 1});       // 58 + 67
  CHECK(add({{1}, {1, 1, 0, 1}}, 2) == Digits{0, 0, 1, 1});  // 1 + 1011 in base 2
  CHECK(add({{9, 9}, {1}}, 10) == Digits{0, 0, 1});          // 99 + 1
  CHECK(add({{0, 0, 0}, {0, 0}}, 10) == Digits{0, 0, 0});
}

TEST_CASE("digits: a long carry starts at the ones and each place only hands it on", "[tasks]") {
  for (const std::int64_t base : {2, 3, 10, 1000}) {
    for (const std::int64_t length : {1, 2, 7, 40}) {
      for (std::uint32_t index = 0; index < 20; ++index) {
        const auto operands = long_carry({.base = base}, length, index);
        const auto& [a, b] = operands;
        REQUIRE((a.size() == static_cast<std::size_t>(length) && b.size() == a.size()));
        CHECK(carries(operands, base) == length);
        CHECK(a[0] + b[0] >= base);
        for (std::size_t place = 0; place < a.size(); ++place) {
          CHECK((a[place] >= 0 && a[place] < base && b[place] >= 0 && b[place] < base));
          if (place > 0) CHECK(a[place] + b[place] == base - 1);
        }
      }
    }
  }
}

TEST_CASE("digits: random operands seldom have a long carry", "[tasks]") {
  int found = 0;
  for (std::uint32_t index = 0; index < 200; ++index) {
    Rng rng(3, Purpose::evaluation_data, 4, index);
    found += carries(draw_test_operands({}, 4, false, rng), 10) == 4;
  }
  CHECK(found < 30);
}

TEST_CASE("digits: every pair with a long carry is as likely as any other", "[tasks]") {
  const auto counts = [](const TaskConfig& config, std::int64_t length, std::uint32_t draws) {
    std::map<std::pair<Digits, Digits>, std::int64_t> seen;
    for (std::uint32_t index = 0; index < draws; ++index) {
      const auto [a, b] = long_carry(config, length, index);
      ++seen[{a, b}];
    }
    std::vector<std::int64_t> list;
    for (const auto& [pair, count] : seen) list.push_back(count);
    return list;
  };
  const auto any = counts({.base = 4}, 2, 24 * 200);
  CHECK(any.size() == 24);  // 1+3 2+2 2+3 3+1 3+2 3+3 at the ones, 0+3 1+2 2+1 3+0 at the other place
  CHECK(looks_uniform(any));
  const auto nonzero = counts({.base = 4, .digits = "first_nonzero"}, 2, 12 * 200);
  CHECK(nonzero.size() == 12);  // no 0+3 and 3+0
  CHECK(looks_uniform(nonzero));
  CHECK(counts({.base = 2}, 1, 20).size() == 1);
}

TEST_CASE("digits: a long carry in base 3 leaves one pair of first digits that are not zero", "[tasks]") {
  for (std::uint32_t index = 0; index < 20; ++index) {
    const auto [a, b] = long_carry({.base = 3, .digits = "first_nonzero"}, 3, index);
    CHECK((a[2] == 1 && b[2] == 1));
  }
  CHECK(no_long_carries({.base = 3, .digits = "first_nonzero"}).empty());
  CHECK_FALSE(no_long_carries({.base = 2, .digits = "first_nonzero"}).empty());
  CHECK(no_long_carries({.base = 2}).empty());
}

}  // namespace
}  // namespace seedscape
