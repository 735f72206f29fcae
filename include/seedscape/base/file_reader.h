#pragma once
// A file read piece by piece, for what may be larger than memory.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace seedscape {

class FileReader {
 public:
  /// Throws: Error(io) if it cannot be opened or is not a regular file
  explicit FileReader(const std::filesystem::path& file);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// Reads up to `count` bytes; 0 is the end.
  ///
  /// Throws: Error(io)
  std::size_t read(char* to, std::size_t count);

 private:
  std::filesystem::path path_;
  int descriptor_;
};

/// The whole content of a file that has no business to be large.
///
/// Throws: Error(corrupt) if it has more than `most` bytes, Error(io)
std::string read_limited(const std::filesystem::path& file, std::uint64_t most);

}  // namespace seedscape
