#pragma once
// The part of a sweep that one of several processes trains.

#include <cstdint>
#include <string>

#include "seedscape/store/plan_file.h"

namespace seedscape {

/// Part `index` of `count`.
struct Shard {
  std::int64_t index = 0, count = 1;
};

/// Reads "I/N", or "auto": the task of a Slurm job array, part SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN of
/// SLURM_ARRAY_TASK_COUNT.
///
/// Throws: Error(usage) for anything else, for an array with gaps, and outside of an array
Shard parse_shard(const std::string& text);

/// The plan with only the runs of a shard. The shards of a plan have each run once and cost about the same: runs, the
/// most expensive first, go to the shard that has the least so far. A function of the plan and the shard alone.
Plan shard_of(const Plan& plan, const Shard& shard);

}  // namespace seedscape
