#include "seedscape/base/error.h"

#include "support/test.h"

using namespace seedscape;

TEST_CASE("error: context stands in front of the message and the kind stays", "[base]") {
  try {
    with_context("width 64", [] { throw Error(ErrorKind::io, "disk full"); });
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == "width 64: disk full");
    CHECK(error.kind() == ErrorKind::io);
  }
  CHECK(with_context("fine", [] { return 7; }) == 7);
}

TEST_CASE("error: every kind has the exit code of the public interface", "[base]") {
  const auto code = [](ErrorKind kind) { return static_cast<int>(exit_code(kind)); };
  CHECK(code(ErrorKind::internal) == 1);
  CHECK(code(ErrorKind::usage) == 2);
  CHECK(code(ErrorKind::corrupt) == 4);
  CHECK(code(ErrorKind::io) == 5);
  CHECK(code(ErrorKind::in_use) == 6);
  CHECK(code(ErrorKind::resources) == 8);
  CHECK(code(ErrorKind::other_software) == 9);
  CHECK(code(ErrorKind::different_bits) == 10);
}
