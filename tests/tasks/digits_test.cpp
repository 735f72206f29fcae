#include "tasks/digits.h"

#include "support/test.h"

namespace seedscape {
namespace {

TEST_CASE("digits: a sum is one digit longer than its operands where it overflows", "[tasks]") {
  CHECK(add({{4, 3}, {8, 2}}, 10) == Digits{2, 6});          // 34 + 28
  CHECK(add({{8, 5}, {7, 6}}, 10) == Digits{5, 2, 1});       // 58 + 67
  CHECK(add({{1}, {1, 1, 0, 1}}, 2) == Digits{0, 0, 1, 1});  // 1 + 1011 in base 2
  CHECK(add({{9, 9}, {1}}, 10) == Digits{0, 0, 1});          // 99 + 1
  CHECK(add({{0, 0, 0}, {0, 0}}, 10) == Digits{0, 0, 0});
}

}  // namespace
}  // namespace seedscape
