#include "model.h"

namespace seedscape {

namespace {
constexpr double kLayerNormEpsilon = 1e-5;  // GPT-NeoX's layer_norm_eps
}

Transformer::Transformer(const ModelShape& shape, const ModelConfig& config, torch::Tensor weights)
    : shape_(shape), config_(config), weights_(std::move(weights)) {
  const ParameterLayout layout(shape);
  TORCH_CHECK(weights_.dim() == 1 && weights_.size(0) == layout.size, "[model] expected ", layout.size, " weights");
  for (const ParameterTensor& tensor : layout.tensors) {
    parameters_.push_back(weights_.narrow(0, tensor.offset, tensor.size).view(tensor.shape).detach().requires_grad_());
  }
  auto next = parameters_.begin();  // ParameterLayout's order is this order of reading
  embed_in_ = *next++;
  const auto take_norm = [&] {
    Norm norm{next[0], next[1]};
    next += 2;
    return norm;
  };
  const auto take_linear = [&] {
    Linear linear{next[0], next[1]};
    next += 2;
    return linear;
  };
  for (std::int64_t i = 0; i < shape.L; ++i) {
    Layer layer;
    layer.attention_norm = take_norm();
    layer.mlp_norm = take_norm();
    layer.qkv = take_linear();
    layer.attention_out = take_linear();
    layer.mlp_up = take_linear();
    layer.mlp_down = take_linear();
    layers_.push_back(std::move(layer));
  }
  final_norm_ = take_norm();
  embed_out_ = *next;
}

torch::Tensor Transformer::forward(const torch::Tensor& tokens) {
  make_rotation(tokens.size(1));
  torch::Tensor x = torch::embedding(embed_in_, tokens);  // [B, T, D]
  for (const Layer& layer : layers_) {
    const torch::Tensor attended = attention(layer, normalize(layer.attention_norm, x));
    if (config_.residual == "parallel") {
      x = x + attended + mlp(layer, normalize(layer.mlp_norm, x));
    } else {
      const torch::Tensor middle = x + attended;
      x = middle + mlp(layer, normalize(layer.mlp_norm, middle));
    }
  }
  return torch::linear(normalize(final_norm_, x), embed_out_);  // [B, T, V]
}

torch::Tensor Transformer::attention(const Layer& layer, const torch::Tensor& x) const {
  const auto& [V, D, L, H, K, F, R] = shape_;
  const std::int64_t B = x.size(0), T = x.size(1);
  // Each head's 3K outputs are its q, k and v, one after the other. Splits, because their gradient is one concatenation
  // where that of a slice would be a tensor of zeros each.
  const torch::Tensor qkv = torch::linear(x, layer.qkv.weight, layer.qkv.bias).view({B, T, H, 3, K});
  const auto qk_and_v = qkv.split_with_sizes({2, 1}, 3);                     // [B, T, H, 2, K], [B, T, H, 1, K]
  const auto turned_and_rest = qk_and_v[0].split_with_sizes({R, K - R}, 4);  // the first R dims of a head turn
  const torch::Tensor& turned = turned_and_rest[0];
  const torch::Tensor rotated = torch::addcmul(turned * cos_, turned.roll(R / 2, 4), signed_sin_);
  const auto q_and_k = torch::cat({rotated, turned_and_rest[1]}, 4).unbind(3);              // [B, T, H, K] each
  const auto by_head = [](const torch::Tensor& tensor) { return tensor.transpose(1, 2); };  // -> [B, H, T, K]
  const torch::Tensor values =
      torch::scaled_dot_product_attention(by_head(q_and_k[0]), by_head(q_and_k[1]), by_head(qk_and_v[1].squeeze(3)),
                                          /*attn_mask=*/{}, /*dropout_p=*/0.0, /*is_causal=*/true);  // [B, H, T, K]
  return torch::linear(values.transpose(1, 2).reshape({B, T, D}), layer.attention_out.weight, layer.attention_out.bias);
}

torch::Tensor Transformer::mlp(const Layer& layer, const torch::Tensor& x) const {
  const torch::Tensor hidden =
      torch::gelu(torch::linear(x, layer.mlp_up.weight, layer.mlp_up.bias));  // [B, T, F], erf GELU
  return torch::linear(hidden, layer.mlp_down.weight, layer.mlp_down.bias);
}

torch::Tensor Transformer::normalize(const Norm& norm, const torch::Tensor& x) const {
  return torch::layer_norm(x, {shape_.D}, norm.scale, norm.bias, kLayerNormEpsilon);
}

/// Rotary embedding in the half-split form: z turns to z cos + (-z[R/2:], z[:R/2]) sin, which is z cos + roll(z, R/2) s
/// with s =
/// (-sin, sin). Angles are made in fp32 whatever the model's type, as Hugging Face's GPT-NeoX does.
void Transformer::make_rotation(std::int64_t T) {
  if (cos_.defined() && cos_.size(0) == T) return;
  const torch::NoGradGuard no_grad;
  const auto fp32 = torch::TensorOptions(torch::kFloat32).device(weights_.device());
  const torch::Tensor exponents = torch::arange(0, shape_.R, 2, fp32) / static_cast<double>(shape_.R);  // [R/2]
  const torch::Tensor frequencies = 1.0 / torch::pow(config_.rotary_base, exponents);
  const torch::Tensor half = torch::outer(torch::arange(0, T, fp32), frequencies);  // [T, R/2]
  const torch::Tensor angles = torch::cat({half, half}, 1);                         // [T, R]
  torch::Tensor signed_sin = angles.sin();
  signed_sin.narrow(1, 0, shape_.R / 2).neg_();
  cos_ = angles.cos().to(weights_.dtype()).view({T, 1, 1, shape_.R});
  signed_sin_ = signed_sin.to(weights_.dtype()).view({T, 1, 1, shape_.R});
}

}  // namespace seedscape
