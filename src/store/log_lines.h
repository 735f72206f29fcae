#pragma once
// The lines of a log one after the other, whatever the size of the file and of what stands in it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace seedscape {

/// Puts the next bytes into a buffer and says how many there were; 0 at the end.
using ByteSource = std::function<std::size_t(char* to, std::size_t count)>;

struct LoggedLine {
  std::uint64_t first = 0;  // place of its first byte
  std::uint64_t size = 0;   // bytes, without the newline
  bool ended = false;       // by a newline
  std::string_view text;    // valid until the next one; nothing of a line that is too long

  std::uint64_t end() const { return first + size; }
};

class LogLines {
 public:
  /// Holds about `longest` bytes at most; of a longer line only the size is told.
  LogLines(ByteSource source, std::size_t longest) : source_(std::move(source)), longest_(longest) {}

  std::optional<LoggedLine> next();

 private:
  /// Whether there were more bytes.
  bool fill();

  ByteSource source_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t start_ = 0;     // in the buffer, of what was not handed out
  std::uint64_t offset_ = 0;  // of the same place in the whole
};

}  // namespace seedscape
