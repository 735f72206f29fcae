#pragma once
// Between the sweep's plain arrays and tensors: batches and weights in, predictions and weights out. For every trainer.

#include <vector>

#include <torch/torch.h>

#include "seedscape/eval/scores.h"

namespace seedscape {

/// Shapes: tokens [rows columns] -> [rows, columns] int32 on the CPU, a copy
torch::Tensor token_tensor(const std::vector<Token>& tokens, std::int64_t rows, std::int64_t columns);

/// The numbers of a tensor of any shape and floating type, on any device.
std::vector<float> floats_of(const torch::Tensor& tensor);

/// Puts `numbers` into a tensor of any shape and floating type, on any device.
///
/// Requires: as many as the tensor has
void put_floats(const std::vector<float>& numbers, torch::Tensor tensor);

/// What logits say about a batch: the most probable tokens and the log-probabilities of its own.
///
/// Shapes: logits [rows, T, V] with T = columns - 1, any device
Predictions predictions_of(const torch::Tensor& logits, const EvalBatch& batch);

}  // namespace seedscape
