#pragma once
// The model's sizes and where each tensor lies in the flat parameter vector of one seed.

#include <cstdint>
#include <string>
#include <vector>

#include "seedscape/config/config.h"

namespace seedscape {

/// Sizes of a decoder-only transformer (GPT-NeoX), with the letters that the code uses.
struct ModelShape {
  std::int64_t V = 0;  // vocabulary
  std::int64_t D = 0;  // width
  std::int64_t L = 0;  // depth
  std::int64_t H = 0;  // heads
  std::int64_t K = 0;  // head width, D / H
  std::int64_t F = 0;  // MLP width, 4 D
  std::int64_t R = 0;  // rotary dims of a head, even
};

/// Requires: K divides D; R = int(K * rotary_fraction) is even and at least 2 (the config loader refuses others)
ModelShape model_shape(const ModelConfig& model, std::int64_t vocabulary);

/// One tensor: its Hugging Face name, its shape as PyTorch stores it, its place in the flat vector.
struct ParameterTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;
  std::int64_t size = 0;

  enum class Kind { weight, bias, norm_scale, embedding };
  Kind kind = Kind::weight;
};

/// All tensors of the model in state-dict order, back to back in a flat vector of `size` numbers, [P].
struct ParameterLayout {
  std::vector<ParameterTensor> tensors;
  std::int64_t size = 0;

  explicit ParameterLayout(const ModelShape& shape);

  /// Throws: Error(internal) if there is no such tensor
  const ParameterTensor& operator[](const std::string& name) const;
};

/// P = L (12 D^2 + 13 D) + 2 D + 2 V D.
std::int64_t parameter_count(const ModelShape& shape);

/// Floating-point operations of one training step on B rows of T positions: 6 (12 L D^2 + V D) B T + 6 L T D B T
/// (multiplications and additions, forward and backward; causal attention counted once).
double step_flops(const ModelShape& shape, std::int64_t B, std::int64_t T);

}  // namespace seedscape
