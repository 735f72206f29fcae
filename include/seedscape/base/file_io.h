#pragma once
// Durable file calls: read whole, publish whole, append one line. Every failure is an Error that names the file.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Whether there is a file, folder or anything else of this name.
bool file_exists(const std::filesystem::path& file);

/// The names in a folder, ascending; none if there is no such folder.
///
/// Throws: Error(io) if it cannot be read
std::vector<std::string> list_folder(const std::filesystem::path& folder);

/// Removes a file; one that is not there is fine. Not durable: a power cut may bring it back.
///
/// Throws: Error(io)
void remove_file(const std::filesystem::path& file);

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

/// A file that at most one living process of this machine holds. The system lets go of it when the process ends,
/// however it ends. It stays in its folder: removing it would let two processes hold two files of one name.
class LockFile {
 public:
  /// Makes the file if it is missing and tries to take it; then it says who holds it.
  ///
  /// Throws: Error(io) if the file cannot be made
  /// Edge:   on a file system without locks everyone gets it
  LockFile(const std::filesystem::path& file, std::string_view holder);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  /// What the process that has it wrote about itself; nothing if it is ours.
  const std::optional<std::string>& other_holder() const { return other_holder_; }

 private:
  int descriptor_;
  std::optional<std::string> other_holder_;
};

}  // namespace seedscape
