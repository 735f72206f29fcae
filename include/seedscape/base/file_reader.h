#pragma once
// A file read piece by piece, for what may be larger than memory.

#include <cstddef>
#include <filesystem>

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

}  // namespace seedscape
