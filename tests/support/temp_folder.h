#pragma once
// A folder that lives as long as one test.

#include <filesystem>

#include "seedscape/base/file_io.h"

namespace seedscape {

class TempFolder {
 public:
  TempFolder() { std::filesystem::create_directory(path_); }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("seedscape-test-" + unique_name());
};

}  // namespace seedscape
