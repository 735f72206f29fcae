#pragma once
// What workers take from: seed groups to start, and groups in flight to go on with.

#include <filesystem>
#include <optional>
#include <vector>

#include "checkpoint.h"
#include "seedscape/sweep/run_sweep.h"

namespace seedscape {

/// Runs of one cell that one worker trains in lockstep.
struct WorkItem {
  std::vector<PendingRun> runs;
  std::optional<Checkpoint> start{};  // to go on from, with just these runs in this order; absent = step 0
  CheckpointSeries checkpoints;
};

/// Groups in flight first, then the others as seed_groups cuts them. Checkpoints of runs that are not pending are left
/// alone, but for those whose runs all ended: they are removed.
///
/// Throws: Error(corrupt) if a checkpoint does not fit its runs, or its log has lost what it had acknowledged, or all
/// of
///         a writer's checkpoints are damaged; Error(other_software) if one was made under another fingerprint. With
///         options.restart_runs such checkpoints are removed instead, and their runs start over.
std::vector<WorkItem> make_work(const Plan& plan, const RecordIndex& known, const std::filesystem::path& dir,
                                const nlohmann::json& fingerprint, const SweepOptions& options);

}  // namespace seedscape
