#pragma once
// Durable file calls: read whole, publish whole, append one line. Every failure is an Error that names the file.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace seedscape {

/// The whole content of a regular file.
///
/// Throws: Error(io) if it cannot be read or is not a regular file
std::string read_text(const std::filesystem::path& file);

/// Replaces `file` by `text` in one step: a new temporary in the same folder, fsync, rename, fsync of the folder. A
/// reader sees the old content or the new, never a part. A file that holds `text` already is left untouched.
///
/// Throws: Error(io) if any call fails; the old content then stands and no temporary is left
/// Edge:   if only the last call, the fsync of the folder, fails, the new content is visible but a power cut may undo
/// it;
///         publishing it again settles that
void publish(const std::filesystem::path& file, std::string_view text);

/// Creates a folder and its parents, durably; an existing folder is fine.
///
/// Throws: Error(io) if a folder cannot be made
void make_folder(const std::filesystem::path& folder);

/// 128 random bits of the operating system as 32 hex digits: a name that no other process has.
std::string unique_name();

/// A file that only grows: each append is stored durably, or an Error(io) after which the file ends where it did
/// before.
class AppendFile {
 public:
  /// Creates `file`.
  ///
  /// Throws: Error(io) if it exists already or cannot be made
  explicit AppendFile(const std::filesystem::path& file);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Writes and fsyncs `bytes`.
  ///
  /// Throws: Error(io); the same bytes may be tried again once there is room. After a failed fsync or clean-up no later
  ///         append succeeds: nobody knows what the file holds then.
  void append(std::string_view bytes);

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::int64_t size_ = 0;  // where the last good append ended
  bool trusted_ = true;
};

}  // namespace seedscape
