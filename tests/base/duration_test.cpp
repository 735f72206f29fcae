#include "seedscape/base/duration.h"

#include <limits>

#include "support/test.h"

using namespace seedscape;

TEST_CASE("duration: texts are rounded up to two units", "[base]") {
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(59.2) == "1m00s");
  CHECK(duration_text(59) == "59s");
  CHECK(duration_text(3599) == "59m59s");
  CHECK(duration_text(3600 * 5 + 61) == "5h01m");
  CHECK(duration_text(86400 * 3 + 3600 * 4) == "3d04h");
  CHECK(duration_text(std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("duration: numbers with units add up, a number alone is seconds", "[base]") {
  CHECK(parse_duration("90") == 90);
  CHECK(parse_duration("0.5") == 0.5);
  CHECK(parse_duration("45s") == 45);
  CHECK(parse_duration("1.5h") == 5400);
  CHECK(parse_duration("1h30m") == 5400);
  CHECK(parse_duration("2d1s") == 172801);
}

TEST_CASE("duration: anything else is none", "[base]") {
  for (const char* text : {"", "h", "-5", "-5m", "30m1h", "1h30", "5 m", "5x", "1m1m", "inf", "1e400"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}
