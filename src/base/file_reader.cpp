#include "seedscape/base/file_reader.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "seedscape/base/error.h"

namespace seedscape {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw Error(ErrorKind::io, "cannot read " + file.string() + ": " + why);
}

[[noreturn]] void fail(const std::filesystem::path& file, int code) {
  fail(file, std::generic_category().message(code));
}

}  // namespace

FileReader::FileReader(const std::filesystem::path& file) : path_(file) {
  // O_NONBLOCK: a named pipe must not make us wait for its writer.
  while ((descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0) {
    if (errno != EINTR) fail(file, errno);
  }
  struct stat about {};
  const int why = ::fstat(descriptor_, &about) == 0 ? 0 : errno;
  if (why == 0 && S_ISREG(about.st_mode)) return;
  ::close(descriptor_);
  if (why != 0) fail(file, why);
  fail(file, "not a regular file");
}

FileReader::~FileReader() { ::close(descriptor_); }

std::size_t FileReader::read(char* to, std::size_t count) {
  ssize_t got = 0;
  while ((got = ::read(descriptor_, to, count)) < 0) {
    if (errno != EINTR) fail(path_, errno);
  }
  return static_cast<std::size_t>(got);
}

}  // namespace seedscape
