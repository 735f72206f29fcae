#pragma once
// Training batches: rows of examples, a pure function of (task, shape, data seed, step, row).

#include <cstdint>
#include <vector>

#include "seedscape/config/config.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

/// Shapes: tokens [B, T+1] row-major; loss_mask [B, T+1], 1 where the loss counts the token as a target (never column
/// 0)
struct Batch {
  std::int64_t rows = 0;     // B
  std::int64_t columns = 0;  // T + 1
  std::vector<Token> tokens;
  std::vector<std::uint8_t> loss_mask;
};

/// The batch of update `step` (from 0). Row r is drawn from Rng(data_seed, training_data, step, r): it is the same
/// whatever the number of rows.
Batch training_batch(const Task& task, const TaskConfig& task_config, const TrainConfig& train, std::uint64_t data_seed,
                     std::int64_t step);

}  // namespace seedscape
