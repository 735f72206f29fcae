#include "seedscape/base/file_io.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <iterator>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seedscape/base/error.h"
#include "support/temp_folder.h"
#include "support/test.h"

namespace {

/// Which of the coming fsync calls fails (1 = the next one; 0 = none), and how many there were.
std::atomic<int> failing_sync = 0;
std::atomic<int> sync_count = 0;

}  // namespace

// Stands in front of the C library's fsync in this program: a disk that loses data cannot be had otherwise.
extern "C" int fsync(int descriptor) {
  ++sync_count;
  if (failing_sync > 0 && --failing_sync == 0) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace seedscape {

namespace {

namespace fs = std::filesystem;

/// While it lives, no file of this process may grow beyond `bytes`: a full disk, as far as a writer can see.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::io);
    return error.what();
  }
  return "no error";
}

std::ptrdiff_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("file_io: what is published is read back, byte for byte", "[base]") {
  const TempFolder folder;
  std::string text("line\n\r\0\xff", 8);
  text += std::string(200000, 'x');
  publish(folder / "a", text);
  CHECK(read_text(folder / "a") == text);
  publish(folder / "a", "");
  CHECK(read_text(folder / "a") == "");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("file_io: reading names the file and the reason", "[base]") {
  const TempFolder folder;
  const std::string name = (folder / "a").string();
  CHECK(message_of([&] { read_text(folder / "a"); }) == "cannot read " + name + ": No such file or directory");
  CHECK(message_of([&] { read_text(folder.path()); }) ==
        "cannot read " + folder.path().string() + ": not a regular file");
  REQUIRE(::mkfifo(name.c_str(), 0600) == 0);
  CHECK(message_of([&] { read_text(folder / "a"); }) == "cannot read " + name + ": not a regular file");
}

TEST_CASE("file_io: publishing what a file holds already leaves it untouched", "[base]") {
  const TempFolder folder;
  publish(folder / "a", "same");
  const auto long_ago = fs::last_write_time(folder / "a") - std::chrono::hours(1);
  fs::last_write_time(folder / "a", long_ago);
  publish(folder / "a", "same");
  CHECK(fs::last_write_time(folder / "a") == long_ago);
  publish(folder / "a", "Same");
  CHECK(fs::last_write_time(folder / "a") != long_ago);
  CHECK(read_text(folder / "a") == "Same");
}

TEST_CASE("file_io: publishing syncs the new file and its folder", "[base]") {
  const TempFolder folder;
  sync_count = 0;
  publish(folder / "a", "text");
  CHECK(sync_count == 2);
}

TEST_CASE("file_io: a failed publish keeps the old content and leaves no temporary", "[base]") {
  const TempFolder folder;
  const std::string name = (folder / "a").string();
  publish(folder / "a", "old");
  SECTION("the disk is full") {
    const FileSizeLimit limit(1000);
    CHECK(message_of([&] { publish(folder / "a", std::string(1001, 'x')); }) ==
          "cannot write " + name + ": File too large");
  }
  SECTION("the data cannot be synced") {
    failing_sync = 1;
    CHECK(message_of([&] { publish(folder / "a", "new"); }) == "cannot write " + name + ": Input/output error");
  }
  CHECK(read_text(folder / "a") == "old");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("file_io: publishing over a folder or into a missing one fails and leaves nothing behind", "[base]") {
  const TempFolder folder;
  fs::create_directories(folder / "a" / "b");
  CHECK(message_of([&] { publish(folder / "a", "x"); }) ==
        "cannot write " + (folder / "a").string() + ": Is a directory");
  CHECK(entries(folder.path()) == 1);
  CHECK(message_of([&] { publish(folder / "none" / "a", "x"); }) ==
        "cannot write " + (folder / "none" / "a").string() + ": No such file or directory");
}

TEST_CASE("file_io: a published name whose folder was not synced is published again by the next call", "[base]") {
  const TempFolder folder;
  failing_sync = 2;  // the file's own succeeds
  CHECK(message_of([&] { publish(folder / "a", "x"); }) ==
        "cannot sync " + folder.path().string() + ": Input/output error");
  CHECK(read_text(folder / "a") == "x");
  sync_count = 0;
  publish(folder / "a", "x");
  CHECK(sync_count == 1);
}

TEST_CASE("file_io: make_folder makes all parents, takes what exists and refuses a file in the way", "[base]") {
  const TempFolder folder;
  sync_count = 0;
  make_folder(folder / "a" / "b");
  CHECK(sync_count == 2);
  CHECK(fs::is_directory(folder / "a" / "b"));
  make_folder(folder / "a" / "b");
  CHECK(sync_count == 2);
  publish(folder / "file", "x");
  CHECK(message_of([&] { make_folder(folder / "file"); }) ==
        "cannot create folder " + (folder / "file").string() + ": File exists");
  CHECK(message_of([&] { make_folder(folder / "file" / "below"); }) ==
        "cannot create folder " + (folder / "file").string() + ": File exists");
}

TEST_CASE("file_io: unique names are 32 hex digits and never the same", "[base]") {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = unique_name();
    REQUIRE(name.size() == 32);
    REQUIRE(name.find_first_not_of("0123456789abcdef") == std::string::npos);
    names.insert(name);
  }
  CHECK(names.size() == 1000);
}

TEST_CASE("file_io: an append file is new, grows by whole appends, and syncs each", "[base]") {
  const TempFolder folder;
  AppendFile file(folder / "log");
  sync_count = 0;
  file.append("one\n");
  CHECK(sync_count == 2);  // the folder's, for the name, and the file's
  file.append("two\n");
  CHECK(sync_count == 3);
  CHECK(read_text(folder / "log") == "one\ntwo\n");
  CHECK(message_of([&] { AppendFile again(folder / "log"); }) ==
        "cannot create " + (folder / "log").string() + ": File exists");
}

TEST_CASE("file_io: an append that does not fit is undone and may be tried again", "[base]") {
  const TempFolder folder;
  AppendFile file(folder / "log");
  file.append(std::string(60, 'a'));
  {
    const FileSizeLimit limit(100);  // the next append writes 40 bytes and then no more
    CHECK(message_of([&] { file.append(std::string(60, 'b')); }) ==
          "cannot write " + (folder / "log").string() + ": File too large");
  }
  CHECK(read_text(folder / "log") == std::string(60, 'a'));
  file.append("c");
  CHECK(read_text(folder / "log") == std::string(60, 'a') + "c");
}

TEST_CASE("file_io: after a failed sync an append file is never trusted again", "[base]") {
  const TempFolder folder;
  AppendFile file(folder / "log");
  file.append("one\n");
  failing_sync = 1;
  CHECK(message_of([&] { file.append("two\n"); }) ==
        "cannot write " + (folder / "log").string() + ": Input/output error");
  CHECK(message_of([&] { file.append("two\n"); }) ==
        "cannot write " + (folder / "log").string() + ": an earlier write to it failed half-way");
  CHECK(read_text(folder / "log") == "one\n");
}

}  // namespace seedscape
