#pragma once
// Memory of the fused trainer on a GPU, and how many seeds it takes at a time there. Arithmetic on shapes alone.

#include <cstdint>

#include "seedscape/config/config.h"
#include "seedscape/model/shape.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Rows of all seeds together that LibTorch's GPU attention takes.
inline constexpr std::int64_t kMostLockstepRows = 65535;

/// On a GPU logits have a multiple of so many columns: rows of any other width are no multiples of 16 bytes, for which
/// cuBLAS has slower products.
inline constexpr std::int64_t kGpuLogitColumns = 32;

struct StepMemory {
  double buffer_bytes = 0;   // made once: weights, moments, gradients, activations
  double scratch_bytes = 0;  // beside them while a kernel of LibTorch's runs, at most

  double total() const { return buffer_bytes + scratch_bytes; }
};

/// What S seeds take whose whole batches pass through the network together, in train.precision.
StepMemory step_memory(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train, std::int64_t S);

/// The largest S whose step_memory is at most four fifths of the card's memory; 0 if one seed is too much.
std::int64_t most_seeds(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train, const Card& card);

/// Seeds in lockstep on a card, at least 1: a measured number where the source has one for the card and shape, else
/// those that keep it busy (two waves of weight-gradient tiles, and operations that outlast their launch), as far as
/// they fit into its memory. It does not depend on what else runs: a sweep's bits hang on it.
std::int64_t default_population(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train,
                                const Card& card);

}  // namespace seedscape
