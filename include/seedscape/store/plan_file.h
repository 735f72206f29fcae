#pragma once
// plan.json: the resolved config of a sweep, its cells and the id of every run.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "seedscape/config/cells.h"
#include "seedscape/config/config.h"

namespace seedscape {

struct PlannedRun {
  std::int64_t seed = 0;  // index k in the sweep
  SeedPair seeds;
  std::string run_id;
};

struct PlannedCell {
  Cell cell;
  std::int64_t parameters = 0;   // P, embedding and head included
  std::vector<PlannedRun> runs;  // ascending seed
};

/// A sweep written out: every cell in plan order with every run.
struct Plan {
  SweepConfig config;
  std::vector<PlannedCell> cells;
};

/// The runs of one cell, one for each seed of the sweep.
std::vector<PlannedRun> planned_runs(const Cell& cell, const SeedsConfig& seeds);

/// Canonical text of plan.json. Equal plans give equal bytes.
std::string plan_text(const Plan& plan);

/// Reads the text back.
///
/// Throws: Error(corrupt) if it does not parse or if its cells and run ids are not those of its config
Plan parse_plan(std::string_view text);

/// The same for DIR/plan.json.
///
/// Throws: also Error(usage) if the folder or file does not exist
Plan read_plan(const std::filesystem::path& dir);

}  // namespace seedscape
