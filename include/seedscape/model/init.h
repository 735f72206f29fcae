#pragma once
// Initial weights: a pure function of the model's shape and init_seed.

#include <cstdint>
#include <vector>

#include "seedscape/model/shape.h"

namespace seedscape {

/// Weights and embeddings ~ N(0, 0.02^2), biases 0, layer-norm scales 1. Element e of tensor i is
/// draw e of Rng(init_seed, initial_weights, 0, i).
///
/// Shapes: result [P], in the order of `layout`
std::vector<float> initial_weights(const ParameterLayout& layout, std::uint64_t init_seed);

}  // namespace seedscape
