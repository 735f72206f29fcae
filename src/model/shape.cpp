#include "seedscape/model/shape.h"

#include "seedscape/base/error.h"

namespace seedscape {

ModelShape model_shape(const ModelConfig& model, std::int64_t vocabulary) {
  const std::int64_t D = model.width, K = model.head_width;
  return {.V = vocabulary,
          .D = D,
          .L = model.depth,
          .H = D / K,
          .K = K,
          .F = 4 * D,
          .R = static_cast<std::int64_t>(static_cast<double>(K) * model.rotary_fraction)};
}

ParameterLayout::ParameterLayout(const ModelShape& shape) {
  using Kind = ParameterTensor::Kind;
  const std::int64_t V = shape.V, D = shape.D, L = shape.L, F = shape.F;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> dims, Kind kind) {
    std::int64_t count = 1;
    for (const std::int64_t dim : dims) count *= dim;
    tensors.push_back({.name = name, .shape = std::move(dims), .offset = size, .size = count, .kind = kind});
    size += count;
  };
  const auto add_norm = [&](const std::string& name) {
    add(name + ".weight", {D}, Kind::norm_scale);
    add(name + ".bias", {D}, Kind::bias);
  };
  const auto add_linear = [&](const std::string& name, std::int64_t out, std::int64_t in) {
    add(name + ".weight", {out, in}, Kind::weight);
    add(name + ".bias", {out}, Kind::bias);
  };
  add("gpt_neox.embed_in.weight", {V, D}, Kind::embedding);
  for (std::int64_t layer = 0; layer < L; ++layer) {
    const std::string prefix = "gpt_neox.layers." + std::to_string(layer) + ".";
    add_norm(prefix + "input_layernorm");
    add_norm(prefix + "post_attention_layernorm");
    add_linear(prefix + "attention.query_key_value", 3 * D, D);
    add_linear(prefix + "attention.dense", D, D);
    add_linear(prefix + "mlp.dense_h_to_4h", F, D);
    add_linear(prefix + "mlp.dense_4h_to_h", D, F);
  }
  add_norm("gpt_neox.final_layer_norm");
  add("embed_out.weight", {V, D}, Kind::weight);
}

const ParameterTensor& ParameterLayout::operator[](const std::string& name) const {
  for (const ParameterTensor& tensor : tensors) {
    if (tensor.name == name) return tensor;
  }
  throw Error(ErrorKind::internal, "[model] no tensor named " + name);
}

std::int64_t parameter_count(const ModelShape& shape) {
  const auto& [V, D, L, H, K, F, R] = shape;
  return L * (12 * D * D + 13 * D) + 2 * D + 2 * V * D;
}

double step_flops(const ModelShape& shape, std::int64_t B, std::int64_t T) {
  const auto V = static_cast<double>(shape.V), D = static_cast<double>(shape.D), L = static_cast<double>(shape.L);
  const auto tokens = static_cast<double>(B) * static_cast<double>(T);
  return 6 * (12 * L * D * D + V * D) * tokens + 6 * L * static_cast<double>(T) * D * tokens;
}

}  // namespace seedscape
