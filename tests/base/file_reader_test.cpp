#include "seedscape/base/file_reader.h"

#include <string>
#include <sys/stat.h>

#include "seedscape/base/error.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

std::string refusal(const std::filesystem::path& file) {
  try {
    FileReader reader(file);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::io);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("file_reader: a file is read from its start in pieces of the wanted size, and then there is nothing",
          "[base]") {
  const TempFolder folder;
  publish(folder / "a", std::string("ab\0cd", 5));
  FileReader reader(folder / "a");
  std::string piece(3, '?');
  CHECK(reader.read(piece.data(), 3) == 3);
  CHECK(piece == std::string("ab\0", 3));
  CHECK(reader.read(piece.data(), 3) == 2);
  CHECK(piece == std::string("cd\0", 3));
  CHECK(reader.read(piece.data(), 3) == 0);
}

TEST_CASE("file_reader: what is no regular file is refused without waiting for anyone", "[base]") {
  const TempFolder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refusal(folder / "pipe") == "cannot read " + (folder / "pipe").string() + ": not a regular file");
  CHECK(refusal(folder.path()) == "cannot read " + folder.path().string() + ": not a regular file");
  CHECK(refusal(folder / "none") == "cannot read " + (folder / "none").string() + ": No such file or directory");
}

TEST_CASE("file_reader: a file is read whole up to the limit, and not one byte beyond", "[base]") {
  const TempFolder folder;
  for (const std::size_t size : {0, 1, 65536, 200'000}) {
    const std::string text(size, 'x');
    publish(folder / "a", text);
    CHECK(read_limited(folder / "a", size) == text);
    if (size == 0) continue;
    try {
      read_limited(folder / "a", size - 1);
      FAIL("read beyond the limit");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::corrupt);
      CHECK(error.what() == (folder / "a").string() + ": has more than " + std::to_string(size - 1) + " bytes");
    }
  }
}
