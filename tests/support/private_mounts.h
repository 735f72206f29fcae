#pragma once
// File systems of a test's own: small, read-only, without inodes. Nobody else sees them.

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

#include "support/test.h"

namespace seedscape {

/// Gives this process a mount namespace of its own, as root or by a user namespace; from then on what it mounts is seen
/// by its children alone. Where the system allows neither, a line says so and the test has nothing to do.
inline bool has_private_mounts() {
  static const int why = [] {
    const uid_t user = geteuid();
    const gid_t group = getegid();
    const auto note = [](const char* file, const std::string& text) {
      const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
      const bool written = descriptor >= 0 && write(descriptor, text.data(), text.size()) == std::ssize(text);
      close(descriptor);
      return written;
    };
    if (unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return errno;
    const bool mapped = user == 0 || (note("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") &&
                                      note("/proc/self/setgroups", "deny") &&
                                      note("/proc/self/gid_map", "0 " + std::to_string(group) + " 1"));
    return mapped && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? 0 : errno;
  }();
  if (why != 0) WARN("skipped: no private mounts, " << std::strerror(why));
  return why == 0;
}

/// A file system in memory with these limits ("size=1m", "nr_inodes=9"), as long as the object lives.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, const std::string& limits) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    require(mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("mode=0755," + limits).c_str()) == 0);
  }
  ~SmallDisk() { umount2(folder_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  void change(const std::string& limits, unsigned long flags = 0) const {
    require(mount(nullptr, folder_.c_str(), nullptr, MS_REMOUNT | flags, limits.c_str()) == 0);
  }

 private:
  static void require(bool done) {
    if (!done) throw std::runtime_error(std::string("mount: ") + std::strerror(errno));
  }

  std::filesystem::path folder_;
};

}  // namespace seedscape
