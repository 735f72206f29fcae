#include "seedscape/base/fs.h"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace seedscape {

namespace {

Fs*& in_use() {
  static Fs system;
  static Fs* present = &system;
  return present;
}

}  // namespace

int Fs::open(const char* file, int flags, mode_t mode) { return ::open(file, flags, mode); }
ssize_t Fs::read(int descriptor, void* to, std::size_t count) { return ::read(descriptor, to, count); }
ssize_t Fs::write(int descriptor, const void* from, std::size_t count) { return ::write(descriptor, from, count); }
int Fs::fsync(int descriptor) { return ::fsync(descriptor); }
int Fs::ftruncate(int descriptor, off_t size) { return ::ftruncate(descriptor, size); }
int Fs::close(int descriptor) { return ::close(descriptor); }
int Fs::fstat(int descriptor, struct stat* about) { return ::fstat(descriptor, about); }
int Fs::stat(const char* file, struct stat* about) { return ::stat(file, about); }
int Fs::rename(const char* from, const char* to) { return ::rename(from, to); }
int Fs::unlink(const char* file) { return ::unlink(file); }
int Fs::mkdir(const char* folder, mode_t mode) { return ::mkdir(folder, mode); }
int Fs::lock(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB); }

int Fs::list(const char* folder, std::vector<std::string>& names) {
  DIR* const stream = ::opendir(folder);
  if (stream == nullptr) return -1;
  errno = 0;
  while (const dirent* const entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;  // readdir says by errno alone whether it failed or came to the end
  }
  const int why = errno;
  ::closedir(stream);
  errno = why;
  return why == 0 ? 0 : -1;
}

Fs& fs() { return *in_use(); }

FsInPlace::FsInPlace(Fs& other) : before_(std::exchange(in_use(), &other)) {}
FsInPlace::~FsInPlace() { in_use() = before_; }

}  // namespace seedscape
