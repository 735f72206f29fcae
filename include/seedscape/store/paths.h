#pragma once
// Every file and folder name of a result folder.

#include <filesystem>

namespace seedscape::paths {

inline std::filesystem::path plan(const std::filesystem::path& dir) { return dir / "plan.json"; }
inline std::filesystem::path runs(const std::filesystem::path& dir) { return dir / "runs"; }
inline std::filesystem::path results_csv(const std::filesystem::path& dir) { return dir / "results.csv"; }
inline std::filesystem::path analysis(const std::filesystem::path& dir) { return dir / "analysis.json"; }
inline std::filesystem::path logs(const std::filesystem::path& dir) { return dir / "logs"; }

}  // namespace seedscape::paths
