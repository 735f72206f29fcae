#pragma once
// Every file and folder name of a result folder.

#include <cstdint>
#include <filesystem>
#include <string>

namespace seedscape::paths {

inline std::filesystem::path plan(const std::filesystem::path& dir) { return dir / "plan.json"; }
inline std::filesystem::path runs(const std::filesystem::path& dir) { return dir / "runs"; }
inline std::filesystem::path curves(const std::filesystem::path& dir) { return dir / "curves"; }
inline std::filesystem::path weights(const std::filesystem::path& dir) { return dir / "weights"; }
inline std::filesystem::path weights(const std::filesystem::path& dir, const std::string& run_id) {
  return weights(dir) / run_id;
}
inline std::filesystem::path weights(const std::filesystem::path& dir, const std::string& run_id, std::int64_t step) {
  return weights(dir, run_id) / ("step-" + std::to_string(step) + ".safetensors");
}
inline std::filesystem::path curves_csv(const std::filesystem::path& dir) { return dir / "curves.csv"; }
inline std::filesystem::path results_csv(const std::filesystem::path& dir) { return dir / "results.csv"; }
inline std::filesystem::path analysis(const std::filesystem::path& dir) { return dir / "analysis.json"; }
inline std::filesystem::path checkpoints(const std::filesystem::path& dir) { return dir / "checkpoints"; }
inline std::filesystem::path claims(const std::filesystem::path& dir) { return dir / "claims"; }
inline std::filesystem::path claim(const std::filesystem::path& dir, std::int64_t shard, std::int64_t shards) {
  return claims(dir) / ("shard-" + std::to_string(shard) + "-of-" + std::to_string(shards));
}
inline std::filesystem::path report(const std::filesystem::path& dir) { return dir / "report.html"; }
inline std::filesystem::path figure(const std::filesystem::path& dir, const std::string& id) {
  return dir / "figures" / (id + ".vl.json");
}
inline std::filesystem::path logs(const std::filesystem::path& dir) { return dir / "logs"; }

}  // namespace seedscape::paths
