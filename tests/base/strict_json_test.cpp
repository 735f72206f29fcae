#include "seedscape/base/strict_json.h"

#include "seedscape/base/error.h"
#include "support/test.h"

namespace seedscape {

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_strict(text);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::corrupt);
    return error.what();
  }
  return "no error";
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

TEST_CASE("strict_json: members keep their order and integers their 64 bits", "[base]") {
  const auto json = parse_strict(R"({"b": 18446744073709551615, "a": [1, {"b": 2}], "c": {"a": 0}})");
  CHECK(json.dump() == R"({"b":18446744073709551615,"a":[1,{"b":2}],"c":{"a":0}})");
}

TEST_CASE("strict_json: a key that stands twice in one object is refused, however it is written", "[base]") {
  CHECK(refusal(R"({"a": 1, "b": 2, "a": 1})") == "the key \"a\" stands twice in one object");
  CHECK(refusal(R"([{"x": {"a": 1, "\u0061": 1}}])") == "the key \"a\" stands twice in one object");
  CHECK(refusal(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]})") == "no error");
}

TEST_CASE("strict_json: 32 levels are read, more are refused without a deep stack", "[base]") {
  CHECK(refusal(nested(32)) == "no error");
  CHECK(refusal(nested(33)) == "more than 32 levels of JSON");
  CHECK(refusal(std::string(1000000, '[')) == "more than 32 levels of JSON");
}

TEST_CASE("strict_json: what is no JSON is refused and its bytes are not shown raw", "[base]") {
  for (const char* text :
       {"", "{", "{}x", "{\"a\":NaN}", "{\"a\":1e999}", "{'a':1}", "{\"a\":01}", "\"\xff\"", "[1,]"}) {
    CAPTURE(text);
    CHECK(refusal(text).rfind("not JSON: ", 0) == 0);
  }
  CHECK(refusal("\x1b[31m").find('\x1b') == std::string::npos);
}

TEST_CASE("strict_json: a NUL byte does not end a text early", "[base]") {
  CHECK_THROWS_WITH(parse_strict(std::string_view("{}\0 ", 4)), "not JSON: it holds a NUL byte");
}

}  // namespace seedscape
