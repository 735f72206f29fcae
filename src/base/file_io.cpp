#include "seedscape/base/file_io.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <sys/random.h>
#include <system_error>
#include <unistd.h>

#include "seedscape/base/error.h"
#include "seedscape/base/file_reader.h"
#include "seedscape/base/fs.h"

namespace seedscape {

namespace {

constexpr mode_t kFileMode = 0640;
constexpr mode_t kFolderMode = 0750;

/// `call` names what failed, `code` is the errno that it left.
[[noreturn]] void fail(const std::string& call, const std::filesystem::path& file, int code) {
  throw Error(ErrorKind::io, "cannot " + call + " " + file.string() + ": " + std::generic_category().message(code));
}

/// Repeats a system call that a signal interrupted before it did anything.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Whether all bytes went out; if not, errno says why.
bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = uninterrupted([&] { return fs().write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync(int descriptor) {
  return uninterrupted([&] { return fs().fsync(descriptor); }) == 0;
}

int create_new(const std::filesystem::path& file, int extra_flags) {
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | extra_flags;
  return uninterrupted([&] { return fs().open(file.c_str(), flags, kFileMode); });
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

/// Makes the names in a folder durable.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor =
      uninterrupted([&] { return fs().open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (descriptor < 0) fail("open", folder, errno);
  // EINVAL: this file system has no such call for folders, and its names need none.
  const int why = sync(descriptor) || errno == EINVAL ? 0 : errno;
  fs().close(descriptor);
  if (why != 0) fail("sync", folder, why);
}

/// Nothing if there is no such file.
std::optional<struct stat> about(const std::filesystem::path& file) {
  struct stat found {};
  if (uninterrupted([&] { return fs().stat(file.c_str(), &found); }) == 0) return found;
  if (errno != ENOENT && errno != ENOTDIR) fail("read", file, errno);
  return std::nullopt;
}

bool is_folder(const std::filesystem::path& folder) {
  const auto found = about(folder);
  return found && S_ISDIR(found->st_mode);
}

bool holds(const std::filesystem::path& file, std::string_view text) {
  const auto found = about(file);
  return found && S_ISREG(found->st_mode) && static_cast<std::size_t>(found->st_size) == text.size() &&
         read_text(file) == text;
}

}  // namespace

std::string read_text(const std::filesystem::path& file) {
  return read_limited(file, std::numeric_limits<std::uint64_t>::max());
}

void publish(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path folder = folder_of(file);
  if (holds(file, text)) return sync_folder(folder);
  const std::filesystem::path temporary = folder / ("." + unique_name() + ".tmp");
  const int descriptor = create_new(temporary, 0);
  if (descriptor < 0) fail("write", file, errno);
  int why = write_all(descriptor, text) && sync(descriptor) ? 0 : errno;
  if (fs().close(descriptor) != 0 && errno != EINTR && why == 0) why = errno;
  if (why == 0 && fs().rename(temporary.c_str(), file.c_str()) != 0) why = errno;
  if (why != 0) {
    fs().unlink(temporary.c_str());
    fail("write", file, why);
  }
  sync_folder(folder);
}

void make_folder(const std::filesystem::path& folder) {
  if (is_folder(folder)) return;
  const std::filesystem::path parent = folder_of(folder);
  if (parent != folder) make_folder(parent);
  if (fs().mkdir(folder.c_str(), kFolderMode) != 0) {
    const int why = errno;
    if (!is_folder(folder)) fail("create folder", folder, why);
  }
  sync_folder(parent);
}

bool file_exists(const std::filesystem::path& file) { return about(file).has_value(); }

std::vector<std::string> list_folder(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  if (fs().list(folder.c_str(), names) != 0 && errno != ENOENT) fail("read", folder, errno);
  std::ranges::sort(names);
  return names;
}

void remove_file(const std::filesystem::path& file) {
  if (fs().unlink(file.c_str()) != 0 && errno != ENOENT) fail("remove", file, errno);
}

std::string unique_name() {
  std::array<unsigned char, 16> bits;
  if (uninterrupted([&] { return ::getrandom(bits.data(), bits.size(), 0); }) != std::ssize(bits)) {
    throw Error(ErrorKind::io, "the operating system gives no random numbers");
  }
  constexpr std::string_view hex = "0123456789abcdef";
  std::string name;
  for (const unsigned char byte : bits) name += {hex[byte >> 4], hex[byte & 15]};
  return name;
}

AppendFile::AppendFile(const std::filesystem::path& file) : path_(file), descriptor_(create_new(file, O_APPEND)) {
  if (descriptor_ < 0) fail("create", file, errno);
}

// Every append was synced, so an error of this close cannot lose anything.
AppendFile::~AppendFile() { fs().close(descriptor_); }

void AppendFile::append(std::string_view bytes) {
  if (!trusted_) {
    throw Error(ErrorKind::io, "cannot write " + path_.string() + ": an earlier write to it failed half-way");
  }
  if (size_ == 0) sync_folder(folder_of(path_));  // the file's name, before anything counts on what is in it
  const bool written = write_all(descriptor_, bytes);
  if (written && sync(descriptor_)) {
    size_ += std::ssize(bytes);
    return;
  }
  const int why = errno;
  // After a failed fsync the kernel may have dropped the data and call the pages clean (Rebello et al., "Can
  // Applications Recover from fsync Failures?", USENIX ATC 2020), so a second fsync that succeeds would prove nothing.
  const bool restored = fs().ftruncate(descriptor_, size_) == 0;
  trusted_ = restored && !written;
  fail("write", path_, why);
}

LockFile::LockFile(const std::filesystem::path& file, std::string_view holder)
    : descriptor_(uninterrupted(
          [&] { return fs().open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kFileMode); })) {
  if (descriptor_ < 0) fail("create", file, errno);
  // Where a file system has no locks nobody can be asked, and work that is done twice is no harm.
  if (uninterrupted([&] { return fs().lock(descriptor_); }) != 0 && errno == EWOULDBLOCK) {
    other_holder_ = read_text(file);
  } else if (fs().ftruncate(descriptor_, 0) != 0 || !write_all(descriptor_, holder)) {
    const int why = errno;
    fs().close(descriptor_);
    fail("write", file, why);
  }
}

LockFile::~LockFile() { fs().close(descriptor_); }

}  // namespace seedscape
