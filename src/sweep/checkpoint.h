#pragma once
// What is kept of a seed group in flight: DIR/checkpoints/<writer>-<step>.safetensors, a safetensors file with the
// tensors "<run id>.weights", ".first_moment", ".second_moment" ([P] each) of its runs, and everything else in its
// metadata.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/store/result_store.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// A run on its way, after some update.
struct RunInFlight {
  std::string run_id;
  std::int64_t attempt = 1;
  std::optional<double> loss{};  // of the last update
  double wall_s = 0;             // so far
  bool settled = false;          // what follows from the last update (a point of its curve, its end) is stored
  SeedState state;
};

struct Checkpoint {
  std::int64_t step = 0;  // updates done
  nlohmann::json fingerprint;
  LogMark mark;  // of the log of runs of the process that wrote it
  std::vector<RunInFlight> runs;
};

/// A checkpoint that was found in a folder.
struct StoredCheckpoint {
  std::filesystem::path file;
  Checkpoint checkpoint;
};

/// The checkpoints of one group as it trains: the last two of them are kept, the older one until the newer has been
/// read back.
class CheckpointSeries {
 public:
  /// `earlier`: files that the group goes on from, oldest first; they are removed as newer ones come.
  CheckpointSeries(std::filesystem::path dir, std::vector<std::filesystem::path> earlier);

  /// Throws: Error(io) if it cannot be stored, or does not read back as it was written; the earlier ones then stand
  void write(const Checkpoint& checkpoint);

  /// The group has ended: removes them all.
  void remove();

 private:
  std::filesystem::path dir_;
  std::string writer_;
  std::vector<std::filesystem::path> files_;  // oldest first
};

/// What the checkpoints of a folder are.
struct LoadedCheckpoints {
  std::vector<StoredCheckpoint> good;         // the furthest first, then by name
  std::vector<std::filesystem::path> broken;  // those of a writer that has no good one
  std::string broken_reason{};                // of the first of them
};

/// Reads every checkpoint of a folder. A damaged one whose writer has another that is good is left out with a warning.
///
/// Throws: Error(io) if one cannot be read
LoadedCheckpoints load_checkpoints(const std::filesystem::path& dir);

}  // namespace seedscape
