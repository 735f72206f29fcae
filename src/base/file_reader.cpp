#include "seedscape/base/file_reader.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>

#include "seedscape/base/error.h"
#include "seedscape/base/fs.h"

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
  while ((descriptor_ = fs().open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)) < 0) {
    if (errno != EINTR) fail(file, errno);
  }
  struct stat about {};
  const int why = fs().fstat(descriptor_, &about) == 0 ? 0 : errno;
  if (why == 0 && S_ISREG(about.st_mode)) return;
  fs().close(descriptor_);
  if (why != 0) fail(file, why);
  fail(file, "not a regular file");
}

FileReader::~FileReader() { fs().close(descriptor_); }

std::size_t FileReader::read(char* to, std::size_t count) {
  ssize_t got = 0;
  while ((got = fs().read(descriptor_, to, count)) < 0) {
    if (errno != EINTR) fail(path_, errno);
  }
  return static_cast<std::size_t>(got);
}

std::string read_limited(const std::filesystem::path& file, std::uint64_t most) {
  constexpr std::size_t kChunkBytes = std::size_t{1} << 16;
  FileReader reader(file);
  std::string text;
  while (text.size() <= most) {
    const std::size_t held = text.size();
    text.resize(held + kChunkBytes);
    text.resize(held + reader.read(text.data() + held, kChunkBytes));
    if (text.size() == held) return text;
  }
  throw Error(ErrorKind::corrupt, file.string() + ": has more than " + std::to_string(most) + " bytes");
}

}  // namespace seedscape
