#pragma once
// File calls that go wrong.

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "seedscape/base/fs.h"

namespace seedscape {

/// Counts calls from 1. The call number `nth` fails, once or with all that come after it: a disk that fills up or
/// breaks. A failing write has stored half of its bytes.
class FaultFs final : public Fs {
 public:
  struct Fault {
    int nth = 0;  // 0 = none
    bool for_ever = false;
    int error = EIO;
  };

  FaultFs(Fs& under, Fault fault) : under_(under), fault_(fault) {}
  int calls() const { return calls_; }

  int open(const char* file, int flags, mode_t mode) override { return fails() ? -1 : under_.open(file, flags, mode); }
  ssize_t read(int descriptor, void* to, std::size_t count) override {
    return fails() ? -1 : under_.read(descriptor, to, count);
  }
  ssize_t write(int descriptor, const void* from, std::size_t count) override {
    if (!fails()) return under_.write(descriptor, from, count);
    under_.write(descriptor, from, count / 2);
    errno = fault_.error;
    return -1;
  }
  int fsync(int descriptor) override { return fails() ? -1 : under_.fsync(descriptor); }
  int ftruncate(int descriptor, off_t size) override { return fails() ? -1 : under_.ftruncate(descriptor, size); }
  int close(int descriptor) override {
    const bool failing = fails();
    const int closed = under_.close(descriptor);  // also where it fails: a descriptor is gone after close
    if (failing) errno = fault_.error;
    return failing ? -1 : closed;
  }
  int fstat(int descriptor, struct stat* about) override { return fails() ? -1 : under_.fstat(descriptor, about); }
  int stat(const char* file, struct stat* about) override { return fails() ? -1 : under_.stat(file, about); }
  int rename(const char* from, const char* to) override { return fails() ? -1 : under_.rename(from, to); }
  int unlink(const char* file) override { return fails() ? -1 : under_.unlink(file); }
  int mkdir(const char* folder, mode_t mode) override { return fails() ? -1 : under_.mkdir(folder, mode); }
  int lock(int descriptor) override { return fails() ? -1 : under_.lock(descriptor); }
  int list(const char* folder, std::vector<std::string>& names) override {
    return fails() ? -1 : under_.list(folder, names);
  }

 private:
  bool fails() {
    const int call = ++calls_;
    const bool failing = fault_.nth > 0 && (call == fault_.nth || (fault_.for_ever && call > fault_.nth));
    if (failing) errno = fault_.error;
    return failing;
  }

  Fs& under_;
  const Fault fault_;
  std::atomic<int> calls_ = 0;
};

/// Every call is first interrupted, every read and write does a few bytes only.
class StutteringFs final : public Fs {
 public:
  int open(const char* file, int flags, mode_t mode) override {
    return interrupted() ? -1 : Fs::open(file, flags, mode);
  }
  ssize_t read(int descriptor, void* to, std::size_t count) override {
    return interrupted() ? -1 : Fs::read(descriptor, to, std::min(count, kMost));
  }
  ssize_t write(int descriptor, const void* from, std::size_t count) override {
    return interrupted() ? -1 : Fs::write(descriptor, from, std::min(count, kMost));
  }
  int fsync(int descriptor) override { return interrupted() ? -1 : Fs::fsync(descriptor); }

 private:
  static constexpr std::size_t kMost = 4093;  // bytes

  bool interrupted() {
    errno = EINTR;
    return (calls_++ & 1) == 0;
  }

  std::atomic<int> calls_ = 0;
};

}  // namespace seedscape
