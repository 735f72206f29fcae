#pragma once
// Every file and folder name of a result folder.

#include <cstdint>
#include <filesystem>
#include <string>

namespace seedscape::paths {

inline std::filesystem::path plan(const std::filesystem::path& dir) { return dir / "plan.json"; }
inline std::filesystem::path runs(const std::filesystem::path& dir) { return dir / "runs"; }
inline std::filesystem::path curves(const std::filesystem::path& dir) { return dir / "curves"; }
inline std::filesystem::path weights(const std::filesystem::path& dir, const std::string& run_id) {
  return dir / "weights" / run_id;
}
inline std::filesystem::path weights(const std::filesystem::path& dir, const std::string& run_id, std::int64_t step) {
  return weights(dir, run_id) / ("step-" + std::to_string(step) + ".safetensors");
}
inline std::filesystem::path curves_csv(const std::filesystem::path& dir) { return dir / "curves.csv"; }
inline std::filesystem::path results_csv(const std::filesystem::path& dir) { return dir / "results.csv"; }
inline std::filesystem::path analysis(const std::filesystem::path& dir) { return dir / "analysis.json"; }
inline std::filesystem::path logs(const std::filesystem::path& dir) { return dir / "logs"; }

}  // namespace seedscape::paths
