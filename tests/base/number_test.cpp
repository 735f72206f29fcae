#include "seedscape/base/number.h"

#include <cmath>
#include <limits>

#include "seedscape/base/error.h"
#include "support/test.h"

using namespace seedscape;

TEST_CASE("number: the shortest text reads back to the same bits", "[base]") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(1) == "1");
  CHECK(shortest(1e-8) == "1e-08");
  CHECK(shortest(-2.5) == "-2.5");
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, 0.1 + 0.2})
    CHECK(parse_real(shortest(value)) == value);
}

TEST_CASE("number: what is not finite is a JSON string and comes back", "[base]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(json_number(infinity) == "Infinity");
  CHECK(json_number(-infinity) == "-Infinity");
  CHECK(json_number(NAN) == "NaN");
  CHECK(json_number(0.5) == 0.5);
  CHECK(number_from_json("-Infinity") == -infinity);
  CHECK(std::isnan(number_from_json("NaN")));
  CHECK(number_from_json(7) == 7.0);
  CHECK_THROWS_AS(number_from_json("seven"), Error);
  CHECK_THROWS_AS(number_from_json(nullptr), Error);
}

TEST_CASE("number: integers are plain decimal digits in the range of 64 bits", "[base]") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-12") == -12);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", "-", "-0", "+1", "010", "0x10", "1_000", "1e3", "3.7", " 1", "1 ", "9223372036854775808",
                           "18446744073709551616"}) {
    INFO(text);
    CHECK_FALSE(parse_integer(text).has_value());
  }
}

TEST_CASE("number: reals are JSON numbers that a double can hold", "[base]") {
  CHECK(parse_real("0.001") == 0.001);
  CHECK(parse_real("5") == 5.0);
  CHECK(parse_real("-1.5e-3") == -1.5e-3);
  CHECK(parse_real("0e5") == 0.0);
  for (const char* text : {"", ".5", "5.", "0,1", "0.1abc", "nan", ".nan", ".inf", "inf", "1e", "1e400", "1e-400",
                           "--1", "00.5", "1 e3"}) {
    INFO(text);
    CHECK_FALSE(parse_real(text).has_value());
  }
}
