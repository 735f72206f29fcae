#pragma once
// The calls that reach a disk, in one place, so that tests can make them fail, stop half-way and forget.

#include <string>
#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

namespace seedscape {

/// The operating system's calls: -1 with errno set means that one failed. What they are used for stands in file_io.h.
class Fs {
 public:
  virtual ~Fs() = default;

  virtual int open(const char* file, int flags, mode_t mode);
  virtual ssize_t read(int descriptor, void* to, std::size_t count);
  virtual ssize_t write(int descriptor, const void* from, std::size_t count);
  virtual int fsync(int descriptor);
  virtual int ftruncate(int descriptor, off_t size);
  virtual int close(int descriptor);
  virtual int fstat(int descriptor, struct stat* about);
  virtual int stat(const char* file, struct stat* about);
  virtual int rename(const char* from, const char* to);
  virtual int unlink(const char* file);
  virtual int mkdir(const char* folder, mode_t mode);

  /// Takes an advisory lock for as long as the descriptor is open; EWOULDBLOCK if another process has it.
  virtual int lock(int descriptor);

  /// Adds the names in a folder to `names`, in any order.
  virtual int list(const char* folder, std::vector<std::string>& names);
};

/// The one in use: the operating system's, unless a test has put another in its place.
Fs& fs();

/// Puts another in the place of fs() while it lives.
///
/// Requires: no thread uses files when it begins or ends
class FsInPlace {
 public:
  explicit FsInPlace(Fs& other);
  ~FsInPlace();
  FsInPlace(const FsInPlace&) = delete;
  FsInPlace& operator=(const FsInPlace&) = delete;

 private:
  Fs* before_;
};

}  // namespace seedscape
