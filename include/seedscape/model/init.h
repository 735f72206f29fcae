#pragma once
// Initial weights: a pure function of the model's shape and init_seed.

#include <cstdint>
#include <string>
#include <vector>

#include "seedscape/model/shape.h"

namespace seedscape {

/// Weights and embeddings ~ N(0, 0.02^2), biases 0, layer-norm scales 1. Element e of tensor i is
/// draw e of Rng(init_seed, initial_weights, 0, i).
///
/// Shapes: result [P], in the order of `layout`
std::vector<float> initial_weights(const ParameterLayout& layout, std::uint64_t init_seed);

/// Draws part of given weights anew, as initial_weights does: the head, and of the last layer the attention
/// ("last_attention") or everything ("last_layer"). With "none" nothing happens.
///
/// Shapes: weights [P]
/// Source: arXiv 2502.17356, section 2.2 (seeds of a pretrained model: its last attention and head start over)
void reset_weights(const ParameterLayout& layout, std::int64_t L, const std::string& what, std::uint64_t init_seed,
                   std::vector<float>& weights);

}  // namespace seedscape
