#pragma once
// The GPT-NeoX forward pass on LibTorch autograd, one seed.

#include <vector>

#include <torch/torch.h>

#include "seedscape/config/config.h"
#include "seedscape/model/shape.h"

namespace seedscape {

/// A model whose tensors are leaves for autograd and views into one flat vector, so that a whole-model operation (the
/// norm, an optimizer update) is one call on [P].
class Transformer {
 public:
  /// Shapes: weights [P], any floating type and device; the model works on this very memory
  Transformer(const ModelShape& shape, const ModelConfig& config, torch::Tensor weights);

  /// Logits of the next token at every position.
  ///
  /// Shapes: tokens [B, T] int64 -> [B, T, V]
  torch::Tensor forward(const torch::Tensor& tokens);

  const torch::Tensor& weights() const { return weights_; }

  /// The leaves, in the order of ParameterLayout.
  const std::vector<torch::Tensor>& parameters() const { return parameters_; }

 private:
  struct Linear {
    torch::Tensor weight, bias;
  };
  struct Norm {
    torch::Tensor scale, bias;
  };
  struct Layer {
    Norm attention_norm, mlp_norm;
    Linear qkv, attention_out, mlp_up, mlp_down;
  };

  torch::Tensor attention(const Layer& layer, const torch::Tensor& x) const;
  torch::Tensor mlp(const Layer& layer, const torch::Tensor& x) const;
  torch::Tensor normalize(const Norm& norm, const torch::Tensor& x) const;
  void make_rotation(std::int64_t T);

  ModelShape shape_;
  ModelConfig config_;
  torch::Tensor weights_;
  std::vector<torch::Tensor> parameters_;
  torch::Tensor embed_in_, embed_out_;
  std::vector<Layer> layers_;
  Norm final_norm_;
  torch::Tensor cos_, signed_sin_;  // [T, 1, 1, R] of the last T that was asked for
};

}  // namespace seedscape
