#pragma once
// What is kept of one finished run.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace seedscape {

/// How a run ended. Diverged is a result (the loss was not finite); failed is an error of ours, to be tried again.
enum class RunStatus { done, diverged, failed };
std::string to_string(RunStatus status);

/// Metrics of one test length, in the order of results.csv.
struct LengthScores {
  std::int64_t length = 0;
  std::vector<std::pair<std::string, double>> scores;
  bool operator==(const LengthScores&) const = default;
};

/// One line of runs/<writer>.jsonl: the end of one training of one cell and seed. In curves/<writer>.jsonl the same at
/// a step on the way: `step`, the loss of the update before it, the scores and the digest of the weights then.
struct SeedRecord {
  std::string run_id{};
  std::int64_t seed = 0;  // index k in the sweep
  std::uint64_t init_seed = 0;
  std::uint64_t data_seed = 0;
  RunStatus status = RunStatus::done;
  std::string reason{};   // why it diverged or failed, else empty
  std::int64_t step = 0;  // finished updates
  std::int64_t attempt = 1;
  std::optional<double> train_loss{};   // of the last update; absent when diverged, failed or at the first step
  std::vector<LengthScores> lengths{};  // ascending; empty unless done
  std::string weights_digest{};         // SHA-256 of the final fp32 weights; empty unless done
  double wall_s = 0;
  std::string device{};
  bool operator==(const SeedRecord&) const = default;
};

}  // namespace seedscape
