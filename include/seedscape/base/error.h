#pragma once
// The one exception type of the program and the exit codes it turns into.

#include <stdexcept>
#include <string>
#include <utility>

namespace seedscape {

/// What the process answers to its caller; the values are part of the public interface.
enum class ExitCode : int {
  ok = 0,
  internal = 1,
  usage = 2,
  failed_runs = 3,
  corrupt = 4,
  io = 5,
  in_use = 6,
  resources = 8,
  other_software = 9,
  different_bits = 10,
  stopped = 75,
};

/// Why the work cannot go on. What a correct program meets in its normal life (a diverged seed, an
/// interrupted sweep) is data, not an Error.
enum class ErrorKind { usage, corrupt, io, in_use, resources, other_software, different_bits, internal };

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// The exit code that belongs to an error kind.
ExitCode exit_code(ErrorKind kind);

/// Runs `work`; an Error that leaves it gets "context: " in front of its message.
template <class Work>
decltype(auto) with_context(const std::string& context, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error& error) {
    throw Error(error.kind(), context + ": " + error.what());
  }
}

}  // namespace seedscape
