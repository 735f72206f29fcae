#pragma once
// What a training is in size, and what it costs: operations, time, memory.

#include <vector>

#include "seedscape/config/load.h"
#include "seedscape/model/shape.h"
#include "seedscape/store/plan_file.h"

namespace seedscape {

/// The shape of a cell's model; its task gives the vocabulary.
ModelShape model_shape(const Cell& cell);

/// Rules of a cell that need its task and its model: task_problems, and a run that no machine could hold in memory.
std::vector<KeyProblem> cell_problems(const Cell& cell, const SweepConfig& config);

/// Floating-point operations of one training of a cell.
double run_flops(const PlannedCell& cell);

/// Seconds that one training of a cell takes on one core: operations at its trainer's typical rate plus a cost for each
/// layer's calls, which rules at small sizes. A guess for `plan`; `run` measures.
double estimated_seconds(const PlannedCell& cell);

}  // namespace seedscape
