#pragma once
// The cells of a sweep: one per distinct training set-up, whatever the number of axes it lies on.

#include <cstdint>
#include <string>
#include <vector>

#include "seedscape/config/config.h"

namespace seedscape {

/// Where a cell lies: axes[axis].values[value].
struct AxisPoint {
  std::size_t axis = 0;
  std::size_t value = 0;
  bool operator==(const AxisPoint&) const = default;
};

/// One scale of the plan: everything that decides a training but the seeds.
struct Cell {
  TaskConfig task;
  ModelConfig model;
  TrainConfig train;
  std::vector<AxisPoint> points{};
  std::string start{};  // SHA-256 of the weights in train.from, which the plan fills in; empty without
};

/// The cells of all axes in plan order (axes as listed, values as listed); equal set-ups are one cell with several
/// points.
///
/// Requires: a config that load_config accepted
std::vector<Cell> expand_cells(const SweepConfig& config);

/// A rule that a key breaks, found after its own value was read.
struct KeyProblem {
  std::string key;       // "model.head_width"
  std::string what;      // "does not divide model.width"
  std::string expected;  // "a divisor of 64"
  std::string got;       // "24"
};

/// Value of an axis key in a cell, e.g. "model.width" -> 64.
Value cell_value(const Cell& cell, const std::string& key);

/// The two seeds of index k = seeds.first + i of a sweep. In a grid of I x J, init = first + i / J and data = first +
/// i % J.
struct SeedPair {
  std::uint64_t init = 0;
  std::uint64_t data = 0;
  bool operator==(const SeedPair&) const = default;
};
SeedPair seed_pair(const SeedsConfig& seeds, std::int64_t k);

/// Version of everything that decides a run's bits besides its config: a change of it changes every run id.
inline constexpr int kNumericsVersion = 1;

/// Identity of one training: the first 16 bytes, in hex, of SHA-256 over the canonical JSON of {schema, numerics
/// version, the task.*, model.* and train.* keys of the cell that its task uses, init_seed, data_seed}. Of train.from
/// the weights count, not the path.
std::string run_id(const Cell& cell, const SeedPair& seeds);

}  // namespace seedscape
