#include "log_lines.h"

#include <algorithm>

namespace seedscape {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 16;

}  // namespace

bool LogLines::fill() {
  buffer_.erase(0, std::exchange(start_, 0));
  const std::size_t held = buffer_.size();
  buffer_.resize(held + kChunkBytes);
  buffer_.resize(held + source_(buffer_.data() + held, kChunkBytes));
  return buffer_.size() > held;
}

std::optional<LoggedLine> LogLines::next() {
  LoggedLine line{.first = offset_};
  std::size_t searched = 0, newline = 0;  // from the start of the line, as far as it is still in the buffer
  while ((newline = buffer_.find('\n', start_ + searched)) == std::string::npos) {
    searched = buffer_.size() - start_;
    if (line.size + searched > longest_) {  // no one will ask what it says
      line.size += std::exchange(searched, 0);
      start_ = buffer_.size();
    }
    if (!fill()) break;
  }
  line.ended = newline != std::string::npos;
  const std::size_t rest = (line.ended ? newline : buffer_.size()) - start_;
  line.size += rest;
  if (line.size == rest && rest <= longest_) line.text = std::string_view(buffer_).substr(start_, rest);
  start_ += rest + (line.ended ? 1 : 0);
  offset_ = line.end() + (line.ended ? 1 : 0);
  if (line.size == 0 && !line.ended) return std::nullopt;
  return line;
}

}  // namespace seedscape
