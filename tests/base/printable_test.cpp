#include "seedscape/base/printable.h"

#include "support/test.h"

using namespace seedscape;

TEST_CASE("printable: text that a person can read stays as it is", "[base]") {
  CHECK(printable("width 64 ü 漢 😀 %s{}") == "width 64 ü 漢 😀 %s{}");
}

TEST_CASE("printable: control characters, direction marks and broken UTF-8 are shown as bytes", "[base]") {
  CHECK(printable("a\x1b[31m") == "a\\x1b[31m");
  CHECK(printable("a\nb\t\x7f") == "a\\x0ab\\x09\\x7f");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");           // C1 control
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right-to-left override
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("printable: long text is cut after 200 characters", "[base]") {
  CHECK(printable(std::string(200, 'x')) == std::string(200, 'x'));
  CHECK(printable(std::string(201, 'x')) == std::string(200, 'x') + "...");
}

TEST_CASE("printable: a message keeps its lines and its length, and nothing else that acts on a terminal", "[base]") {
  CHECK(printable_lines("a.yaml:1:1: x\nb\x1b[2J\r\xff\n") == "a.yaml:1:1: x\nb\\x1b[2J\\x0d\\xff\n");
  CHECK(printable_lines(std::string(1000, 'x')) == std::string(1000, 'x'));
  CHECK(printable_lines("").empty());
}

TEST_CASE("printable: is_utf8 refuses overlong forms, surrogates and cut characters", "[base]") {
  CHECK(is_utf8("plain ü 漢 😀"));
  CHECK_FALSE(is_utf8("\xc0\x80"));
  CHECK_FALSE(is_utf8("\xe0\x80\x80"));
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_utf8("\xe6\xbc"));
}

TEST_CASE("printable: nearest finds the word that was meant and no other", "[base]") {
  const std::vector<std::string> keys{"model.width", "model.depth", "train.steps"};
  CHECK(nearest("model.widht", keys) == "model.width");
  CHECK(nearest("model.dept", keys) == "model.depth");
  CHECK(nearest("colour", keys).empty());
  CHECK(nearest("x", {"y"}).empty());  // replacing everything is no typo
}
