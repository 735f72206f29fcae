#include "network.h"

namespace seedscape {

std::vector<Stage> Stage::of(const ModelShape& shape, const std::string& residual) {
  const std::int64_t D = shape.D, F = shape.F;
  if (residual == "parallel") {
    return {{.attends = true, .transforms = true, .z_begin = 0, .z_end = 3 * D + F, .a_begin = 0, .a_end = D + F}};
  }
  return {{.attends = true, .z_begin = 0, .z_end = 3 * D, .a_begin = 0, .a_end = D},
          {.transforms = true, .z_begin = 3 * D, .z_end = 3 * D + F, .a_begin = D, .a_end = D + F}};
}

Activations::Activations(const ModelShape& shape, const std::vector<Stage>& layer, std::int64_t S,
                         std::int64_t row_count, std::int64_t positions, std::int64_t logit_columns,
                         const Precision& precision, torch::Device device, bool for_training)
    : rows(row_count), T(positions) {
  const auto& [V, D, L, H, K, F, R] = shape;
  const std::int64_t N = rows * T;
  const auto master = [&](std::vector<std::int64_t> dims) {
    return torch::zeros(dims, torch::TensorOptions(precision.master).device(device));
  };
  const auto operand = [&](std::vector<std::int64_t> dims) {
    return torch::zeros(dims, torch::TensorOptions(precision.operand).device(device));
  };
  const auto columns = [](const torch::Tensor& wide, std::int64_t begin, std::int64_t end) {
    return wide.defined() ? wide.slice(2, begin, end) : wide;
  };
  x = master({S, N, D});
  normal = operand({S, N, D});
  inverse_deviation = master({S, N});
  all_logits = master({S, N, logit_columns});
  logits = all_logits.narrow(2, 0, V);
  const bool one_type = precision.operand == precision.master;
  torch::Tensor dz, da;
  if (for_training) {
    logits_operand = one_type ? all_logits : operand({S, N, logit_columns});
    dz = operand({S, N, 3 * D + F});
    da = operand({S, N, D + F});
    d_normal = operand({S, N, D});
    dx = master({S, N, D});
    dx_operand = one_type ? dx : operand({S, N, D});
  }
  for (std::int64_t l = 0; l < L; ++l) {
    const bool shared = !for_training && l > 0;
    const torch::Tensor z = shared ? torch::Tensor() : operand({S, N, 3 * D + F});
    const torch::Tensor a = shared ? torch::Tensor() : operand({S, N, D + F});
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (shared) {
        stages.push_back(stages[i]);
        continue;
      }
      const Stage& stage = layer[i];
      stages.push_back({.normal = operand({S, N, D}),
                        .inverse_deviation = master({S, N}),
                        .z = columns(z, stage.z_begin, stage.z_end),
                        .dz = columns(dz, stage.z_begin, stage.z_end),
                        .a = columns(a, stage.a_begin, stage.a_end),
                        .da = columns(da, stage.a_begin, stage.a_end),
                        .qkv = columns(z, 0, 3 * D),
                        .d_qkv = columns(dz, 0, 3 * D),
                        .attended = columns(a, 0, D),
                        .d_attended = columns(da, 0, D),
                        .units = columns(z, 3 * D, 3 * D + F),
                        .d_units = columns(dz, 3 * D, 3 * D + F),
                        .hidden = columns(a, D, D + F),
                        .d_hidden = columns(da, D, D + F),
                        .log_sum = master({S, N, H})});
    }
  }
}

Network::Network(const ModelShape& shape, const ModelConfig& config, Kernels& kernels, const Precision& precision,
                 torch::Tensor weights, torch::Tensor gradient)
    : shape_(shape),
      config_(config),
      layout_(shape),
      kernels_(kernels),
      precision_(precision),
      weights_(std::move(weights)),
      gradient_(std::move(gradient)),
      stages_(Stage::of(shape, config.residual)) {
  const auto& [V, D, L, H, K, F, R] = shape_;
  const std::int64_t columns = kernels.logit_columns(), head_size = (V + columns - 1) / columns * columns;
  std::int64_t bias_count = head_size;
  for (const Stage& stage : stages_) bias_count += L * (stage.z_end - stage.z_begin + D);
  biases_ = torch::zeros({weights_.size(0), bias_count}, weights_.options());
  table_ = view(weights_, "gpt_neox.embed_in.weight");
  d_table_ = view(gradient_, "gpt_neox.embed_in.weight");
  for (std::int64_t l = 0; l < L; ++l) {
    const std::string layer = "gpt_neox.layers." + std::to_string(l) + ".";
    for (const Stage& stage : stages_) {
      const std::int64_t z_size = stage.z_end - stage.z_begin, a_size = stage.a_end - stage.a_begin;
      const FoldedStage folded{make_linear(z_size, D, false), make_linear(D, a_size, false),
                               make_linear(z_size, D, true), make_linear(D, a_size, true)};
      if (stage.attends) {
        add_part(layer + "attention.query_key_value", layer + "input_layernorm", folded.in, folded.d_in, 0, 0);
        add_part(layer + "attention.dense", "", folded.out, folded.d_out, 0, 0);
      }
      if (stage.transforms) {
        add_part(layer + "mlp.dense_h_to_4h", layer + "post_attention_layernorm", folded.in, folded.d_in, z_size - F,
                 0);
        add_part(layer + "mlp.dense_4h_to_h", "", folded.out, folded.d_out, 0, a_size - F);
      }
      folded_.push_back(folded);
    }
  }
  head_ = make_linear(head_size, D, false);
  d_head_ = make_linear(head_size, D, true);
  add_part("embed_out", "gpt_neox.final_layer_norm", head_, d_head_, 0, 0);
}

torch::Tensor Network::view(const torch::Tensor& flat, const std::string& name) const {
  if (!flat.defined()) return {};
  const ParameterTensor& tensor = layout_[name];
  std::vector<std::int64_t> dims = tensor.shape;
  dims.insert(dims.begin(), flat.size(0));
  return flat.narrow(1, tensor.offset, tensor.size).view(dims);
}

Linear Network::make_linear(std::int64_t out, std::int64_t in, bool gradient) {
  if (gradient && !gradient_.defined()) return {};
  const std::int64_t S = weights_.size(0), next_bias = next_bias_;
  if (!gradient) next_bias_ += out;
  const auto options = weights_.options().dtype(gradient ? precision_.master : precision_.operand);
  return {
      .weight = torch::zeros({S, out, in}, options),
      .transposed = !gradient && kernels_.wants_transposed() ? torch::zeros({S, in, out}, options) : torch::Tensor(),
      .bias = gradient ? torch::zeros({S, out}, weights_.options()) : biases_.narrow(1, next_bias, out)};
}

void Network::add_part(const std::string& layer, const std::string& norm, const Linear& folded, const Linear& d_folded,
                       std::int64_t first_out, std::int64_t first_in) {
  const std::vector<std::int64_t>& dims = layout_[layer + ".weight"].shape;
  const bool has_bias = layer != "embed_out";
  const auto views = [&](const torch::Tensor& flat) {
    return LinearParameters{.weight = view(flat, layer + ".weight"),
                            .bias = has_bias ? view(flat, layer + ".bias") : torch::Tensor(),
                            .scale = norm.empty() ? torch::Tensor() : view(flat, norm + ".weight"),
                            .shift = norm.empty() ? torch::Tensor() : view(flat, norm + ".bias")};
  };
  const auto place = [&](const Linear& whole) -> Linear {
    if (!whole.weight.defined()) return {};
    return {.weight = whole.weight.narrow(1, first_out, dims[0]).narrow(2, first_in, dims[1]),
            .transposed = whole.transposed.defined()
                              ? whole.transposed.narrow(1, first_in, dims[1]).narrow(2, first_out, dims[0])
                              : torch::Tensor(),
            .bias = whole.bias.narrow(1, first_out, dims[0])};
  };
  parts_.push_back({views(weights_), views(gradient_), place(folded), place(d_folded)});
}

Activations Network::make_activations(std::int64_t rows, std::int64_t T, bool for_training) const {
  return {shape_,     stages_,           weights_.size(0), rows, T, head_.weight.size(1),
          precision_, weights_.device(), for_training};
}

void Network::fold() {
  biases_.zero_();
  for (const Part& part : parts_) kernels_.fold(part.parameters, part.folded);
}

void Network::unfold() {
  for (const Part& part : parts_) kernels_.unfold(part.parameters, part.d_folded, part.d_parameters);
}

void Network::forward(const torch::Tensor& tokens, const Activations& chunk) {
  make_rotation(chunk.T);
  kernels_.embed(tokens, table_, chunk.x);
  for (std::size_t i = 0; i < folded_.size(); ++i) {
    const Stage& stage = stages_[i % stages_.size()];
    const Activations::StageBuffers& buffers = chunk.stages[i];
    kernels_.normalize(chunk.x, buffers.normal, buffers.inverse_deviation);
    kernels_.linear(buffers.normal, folded_[i].in, buffers.z, /*add=*/false);
    if (stage.attends) {
      kernels_.rotate(buffers.qkv, cosine_, sine_, shape_.K, /*backwards=*/false);
      kernels_.attention(buffers.qkv, chunk.T, shape_.K, buffers.attended, buffers.log_sum);
    }
    if (stage.transforms) kernels_.gelu(buffers.units, buffers.hidden);
    kernels_.linear(buffers.a, folded_[i].out, chunk.x, /*add=*/true);
  }
  kernels_.normalize(chunk.x, chunk.normal, chunk.inverse_deviation);
  kernels_.linear(chunk.normal, head_, chunk.all_logits, /*add=*/false);
}

void Network::backward(const torch::Tensor& tokens, const Activations& chunk, bool add) {
  if (!chunk.logits_operand.is_same(chunk.all_logits)) chunk.logits_operand.copy_(chunk.all_logits);
  kernels_.linear_weight_gradient(chunk.logits_operand, chunk.normal, d_head_, add);
  kernels_.linear_input_gradient(chunk.logits_operand, head_, chunk.d_normal);
  kernels_.normalize_gradient(chunk.normal, chunk.inverse_deviation, chunk.d_normal, chunk.dx, chunk.dx_operand,
                              /*add=*/false);
  for (std::size_t i = folded_.size(); i-- > 0;) {
    const Stage& stage = stages_[i % stages_.size()];
    const Activations::StageBuffers& buffers = chunk.stages[i];
    kernels_.linear_weight_gradient(chunk.dx_operand, buffers.a, folded_[i].d_out, add);
    kernels_.linear_input_gradient(chunk.dx_operand, folded_[i].out, buffers.da);
    if (stage.attends) {
      kernels_.attention_gradient(buffers.qkv, chunk.T, shape_.K, buffers.attended, buffers.log_sum, buffers.d_attended,
                                  buffers.d_qkv);
      kernels_.rotate(buffers.d_qkv, cosine_, sine_, shape_.K, /*backwards=*/true);
    }
    if (stage.transforms) kernels_.gelu_gradient(buffers.units, buffers.d_hidden, buffers.d_units);
    kernels_.linear_weight_gradient(buffers.dz, buffers.normal, folded_[i].d_in, add);
    kernels_.linear_input_gradient(buffers.dz, folded_[i].in, chunk.d_normal);
    kernels_.normalize_gradient(buffers.normal, buffers.inverse_deviation, chunk.d_normal, chunk.dx, chunk.dx_operand,
                                /*add=*/true);
  }
  kernels_.embed_gradient(tokens, chunk.dx, d_table_, add);
}

/// Angles are made in fp32 whatever the model's type, as Hugging Face's GPT-NeoX does.
void Network::make_rotation(std::int64_t T) {
  if (cosine_.defined() && cosine_.size(0) == T) return;
  const auto fp32 = torch::TensorOptions(torch::kFloat32).device(weights_.device());
  const torch::Tensor exponents = torch::arange(0, shape_.R, 2, fp32) / static_cast<double>(shape_.R);  // [R/2]
  const torch::Tensor angles =
      torch::outer(torch::arange(0, T, fp32), 1.0 / torch::pow(config_.rotary_base, exponents));
  cosine_ = angles.cos().to(precision_.master);
  sine_ = angles.sin().to(precision_.master);
}

}  // namespace seedscape
