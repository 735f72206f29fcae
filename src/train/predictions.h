#pragma once
// Between the sweep's plain arrays and tensors: batches in, predictions out. For every trainer.

#include <torch/torch.h>

#include "seedscape/eval/scores.h"

namespace seedscape {

/// Shapes: tokens [rows columns] -> [rows, columns] int32 on the CPU, a copy
torch::Tensor token_tensor(const std::vector<Token>& tokens, std::int64_t rows, std::int64_t columns);

/// What logits say about a batch: the most probable tokens and the log-probabilities of its own.
///
/// Shapes: logits [rows, T, V] with T = columns - 1, any device
Predictions predictions_of(const torch::Tensor& logits, const EvalBatch& batch);

}  // namespace seedscape
