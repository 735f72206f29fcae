#include "config/config_text.h"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace seedscape {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "config_text_test_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string errors_of_file(const std::filesystem::path& file) {
  try {
    load_config(file);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "accepted";
}

std::string many(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST_CASE("config text: a file that is none is refused by what it is", "[config]") {
  const TemporaryFolder folder;
  const auto missing = folder / "missing.yaml", pipe = folder / "pipe", large = folder / "large.yaml";
  CHECK(errors_of_file(missing) ==
        missing.string() + ":1:1: config: does not exist; expected a YAML or JSON file; got nothing");
  const auto parent = pipe.parent_path();
  CHECK(errors_of_file(parent) ==
        parent.string() + ":1:1: config: is a directory; expected a YAML or JSON file; got a directory");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(errors_of_file(pipe) ==
        pipe.string() +
            ":1:1: config: is not a regular file; expected a YAML or JSON file; got a pipe, socket or device");
  std::ofstream(large) << many("# 64 characters of comment.....................................\n", 16385);
  CHECK(errors_of_file(large) ==
        large.string() + ":1:1: config: is too large; expected at most 1048576 bytes; got 1048640");
}

TEST_CASE("config text: a file that cannot be read is a usage error", "[config]") {
  const TemporaryFolder folder;
  const auto file = folder / "secret.yaml";
  std::ofstream(file) << kGoodConfig;
  std::filesystem::permissions(file, std::filesystem::perms::none);
  // Root may read every file; the kernel still refuses to read unmapped memory through a regular file.
  const bool is_root = geteuid() == 0;
  const std::string message = errors_of_file(is_root ? "/proc/self/mem" : file);
  CHECK_THAT(message, contains(":1:1: config: cannot be read; expected a YAML or JSON file; got "));
}

TEST_CASE("config text: a good file loads and its lines are named as sources", "[config]") {
  const TemporaryFolder folder;
  const auto file = folder / "good.yaml";
  std::ofstream(file) << kGoodConfig;
  const LoadedConfig loaded = load_config(file);
  CHECK(loaded.config.name == "tiny");
  CHECK(loaded.keys[1].source == file.string() + ":2");
}

TEST_CASE("config text: empty files and files of comments are told apart", "[config]") {
  CHECK(errors_of("") == "a.yaml:1:1: config: is empty; expected a map of keys; got nothing");
  CHECK(errors_of(" \n\n") == "a.yaml:1:1: config: is empty; expected a map of keys; got nothing");
  CHECK(errors_of("# nothing\n# here\n") == "a.yaml:1:1: config: holds no keys; expected a map of keys; got nothing");
}

TEST_CASE("config text: text that is not plain UTF-8 is refused with its place", "[config]") {
  CHECK(errors_of(with("tiny", std::string("ti\0ny", 5))) ==
        "a.yaml:2:9: config: holds a NUL byte; expected text; got \\x00");
  CHECK(errors_of(with("tiny", "ti\x1bny")) ==
        "a.yaml:2:9: config: holds a control character; expected text; got \\x1b");
  // The YAML library takes this byte for the end of the file.
  CHECK(errors_of(kGoodConfig + "\x04" + "x: 1\n") ==
        "a.yaml:11:1: config: holds a control character; expected text; got \\x04");
  CHECK(errors_of(with("tiny", "ti\xffny")) == "a.yaml:2:1: config: is not UTF-8; expected UTF-8; got name: ti\\xffny");
  CHECK(errors_of("\xef\xbb\xbf" + kGoodConfig) ==
        "a.yaml:1:1: config: starts with a byte order mark; expected UTF-8 without one; got \\xef\\xbb...");
  CHECK(errors_of("\xff\xfes\x01") ==
        "a.yaml:1:1: config: starts with a byte order mark; expected UTF-8 without one; got \\xff\\xfe...");
  CHECK(errors_of(with("name: tiny", "name: tiny  # caf\u00e9")) == "accepted");
}

TEST_CASE("config text: every prefix of a config is refused", "[config]") {
  for (std::size_t length = 0; length < kGoodConfig.size(); ++length) {
    INFO("first " << length << " bytes");
    CHECK(errors_of(kGoodConfig.substr(0, length)) != "accepted");
  }
  CHECK(errors_of(kGoodConfig) == "accepted");
  CHECK(errors_of(kGoodConfig.substr(0, kGoodConfig.size() - 1)) ==
        "a.yaml:10:46: config: is cut off; expected a newline at the end of the file; got }");
}

}  // namespace
}  // namespace seedscape
