#include "aten_kernels.h"

#include <cmath>

namespace seedscape {

namespace {

using torch::Tensor;

/// The heads of z [S, N, 3D]: [S rows, T, H, 3, K], a view.
Tensor by_head(const Tensor& z, std::int64_t T, std::int64_t K) {
  return z.unflatten(1, {-1, T}).unflatten(3, {-1, 3, K});  // [S, rows, T, H, 3, K]
}

/// The matrix product of operands as numbers of `type`; of bf16 operands too the sums are fp32, rounded once at most.
///
/// Shapes: a [..., M, K], b [..., K, N]
Tensor product(const Tensor& a, const Tensor& b, torch::Dtype type) {
  if (a.scalar_type() != torch::kBFloat16) return torch::matmul(a, b);
  // LibTorch's for bf16 on a CPU can be a hundred times slower than for fp32.
  if (a.is_cpu()) return torch::matmul(a.to(torch::kFloat32), b.to(torch::kFloat32)).to(type);
  if (type == torch::kBFloat16) return torch::matmul(a, b);
  return at::bmm(a.flatten(0, -3), b.flatten(0, -3), type).unflatten(0, a.sizes().slice(0, a.dim() - 2));
}

/// Softmax probabilities of causal attention from the log of their sum: [S, rows, H, T, T].
Tensor probabilities(const Tensor& q, const Tensor& k, const Tensor& log_sum, const Tensor& future) {
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  return (product(q, k.transpose(-1, -2), log_sum.scalar_type()) * scale - log_sum.unsqueeze(-1))
      .exp()
      .masked_fill(future, 0);
}

Tensor future_mask(std::int64_t T, torch::Device device) {
  return torch::ones({T, T}, torch::TensorOptions(device).dtype(torch::kBool)).triu(1);
}

void add_or_set(const Tensor& target, const Tensor& value, bool add) { add ? target.add_(value) : target.copy_(value); }

}  // namespace

void AtenKernels::fold(const LinearParameters& parameters, const Linear& target) {
  const auto& [weight, bias, scale, shift] = parameters;
  target.weight.copy_(scale.defined() ? weight * scale.unsqueeze(1) : weight);
  if (bias.defined()) target.bias.add_(bias);
  if (shift.defined()) target.bias.add_(torch::matmul(weight, shift.unsqueeze(2)).squeeze(2));
}

void AtenKernels::unfold(const LinearParameters& parameters, const Linear& d_folded, const LinearParameters& d) {
  const auto& [weight, bias, scale, shift] = parameters;
  d.weight.copy_(scale.defined() ? d_folded.weight * scale.unsqueeze(1) : d_folded.weight);
  if (bias.defined()) d.bias.copy_(d_folded.bias);
  if (!scale.defined()) return;
  d.weight.add_(torch::bmm(d_folded.bias.unsqueeze(2), shift.unsqueeze(1)));
  d.scale.copy_((weight * d_folded.weight).sum(1));
  d.shift.copy_(torch::matmul(d_folded.bias.unsqueeze(1), weight).squeeze(1));
}

void AtenKernels::embed(const Tensor& tokens, const Tensor& table, const Tensor& x) {
  const Tensor index = tokens.to(torch::kInt64).unsqueeze(2).expand_as(x);
  x.copy_(table.gather(1, index));
}

/// A product with one-hot rows: sums of a fixed order on every device, where a scatter would use atomics.
void AtenKernels::embed_gradient(const Tensor& tokens, const Tensor& dx, const Tensor& d_table, bool add) {
  const Tensor ids = torch::arange(d_table.size(1), tokens.options());
  const Tensor one_hot = ids.view({1, -1, 1}).eq(tokens.unsqueeze(1)).to(dx.dtype());  // [S, V, N]
  add_or_set(d_table, torch::bmm(one_hot, dx), add);
}

void AtenKernels::normalize(const Tensor& x, const Tensor& normal, const Tensor& inverse_deviation) {
  const Tensor centred = x - x.mean(2, /*keepdim=*/true);
  inverse_deviation.copy_((centred.square().mean(2) + kLayerNormEpsilon).rsqrt());
  normal.copy_(centred * inverse_deviation.unsqueeze(2));
}

void AtenKernels::normalize_gradient(const Tensor& normal, const Tensor& inverse_deviation, const Tensor& d_normal,
                                     const Tensor& dx, const Tensor& dx_operand, bool add) {
  const Tensor own = normal.to(dx.dtype()), d = d_normal.to(dx.dtype());
  const Tensor projected = own * (d * own).mean(2, true);
  add_or_set(dx, (d - d.mean(2, true) - projected) * inverse_deviation.unsqueeze(2), add);
  if (!dx_operand.is_same(dx)) dx_operand.copy_(dx);
}

void AtenKernels::linear(const Tensor& x, const Linear& layer, const Tensor& y, bool add) {
  const Tensor sums = product(x, layer.weight.transpose(1, 2), y.scalar_type());
  add_or_set(y, sums + layer.bias.unsqueeze(1), add);
}

void AtenKernels::linear_input_gradient(const Tensor& dy, const Linear& layer, const Tensor& dx) {
  dx.copy_(product(dy, layer.weight, dx.scalar_type()));
}

void AtenKernels::linear_weight_gradient(const Tensor& dy, const Tensor& x, const Linear& d, bool add) {
  add_or_set(d.weight, product(dy.transpose(1, 2), x, d.weight.scalar_type()), add);
  add_or_set(d.bias, dy.sum(1, /*keepdim=*/false, d.bias.scalar_type()), add);
}

void AtenKernels::rotate(const Tensor& z, const Tensor& cosine, const Tensor& sine, std::int64_t K, bool backwards) {
  const std::int64_t T = cosine.size(0), half = cosine.size(1);
  const Tensor q_and_k = by_head(z, T, K).narrow(4, 0, 2);  // [S, rows, T, H, 2, K]
  const Tensor low = q_and_k.narrow(5, 0, half), high = q_and_k.narrow(5, half, half);
  const Tensor c = cosine.view({T, 1, 1, half}), s = (backwards ? -sine : sine).view({T, 1, 1, half});
  const Tensor turned_low = low * c - high * s, turned_high = high * c + low * s;
  low.copy_(turned_low);
  high.copy_(turned_high);
}

void AtenKernels::attention(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a, const Tensor& log_sum) {
  const Tensor heads = by_head(z, T, K).transpose(2, 3);  // [S, rows, H, T, 3, K]
  const Tensor q = heads.select(4, 0), k = heads.select(4, 1), v = heads.select(4, 2);
  const Tensor future = future_mask(T, z.device());
  const double scale = 1 / std::sqrt(static_cast<double>(K));
  const Tensor scores = (product(q, k.transpose(-1, -2), log_sum.scalar_type()) * scale).masked_fill(future, -INFINITY);
  const Tensor sums = scores.logsumexp(-1);  // [S, rows, H, T]
  log_sum.unflatten(1, {-1, T}).copy_(sums.transpose(2, 3));
  const Tensor values =
      product((scores - sums.unsqueeze(-1)).exp().to(v.dtype()), v, a.scalar_type());  // [S, rows, H, T, K]
  a.unflatten(1, {-1, T}).unflatten(3, {-1, K}).copy_(values.transpose(2, 3));
}

void AtenKernels::attention_gradient(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a,
                                     const Tensor& log_sum, const Tensor& da, const Tensor& dz) {
  const auto heads_of = [&](const Tensor& wide) {  // [S, N, D] -> [S, rows, H, T, K]
    return wide.unflatten(1, {-1, T}).unflatten(3, {-1, K}).transpose(2, 3);
  };
  const Tensor heads = by_head(z, T, K).transpose(2, 3), d_heads = by_head(dz, T, K).transpose(2, 3);
  const Tensor q = heads.select(4, 0), k = heads.select(4, 1), v = heads.select(4, 2);
  const Tensor sums = log_sum.unflatten(1, {-1, T}).transpose(2, 3);
  const Tensor p = probabilities(q, k, sums, future_mask(T, z.device()));  // [S, rows, H, T, T]
  const Tensor out = heads_of(a), d_out = heads_of(da);
  const Tensor dp = product(d_out, v.transpose(-1, -2), p.scalar_type());
  const Tensor own = (out.to(p.dtype()) * d_out.to(p.dtype())).sum(-1, true);  // [S, rows, H, T, 1]
  const double scale = 1 / std::sqrt(static_cast<double>(K));
  const Tensor d_scores = (p * (dp - own) * scale).to(q.dtype());
  d_heads.select(4, 0).copy_(product(d_scores, k, dz.scalar_type()));
  d_heads.select(4, 1).copy_(product(d_scores.transpose(-1, -2), q, dz.scalar_type()));
  d_heads.select(4, 2).copy_(product(p.to(v.dtype()).transpose(-1, -2), d_out, dz.scalar_type()));
}

void AtenKernels::gelu(const Tensor& z, const Tensor& a) {
  const Tensor wide = z.scalar_type() == torch::kBFloat16 ? z.to(torch::kFloat32) : z;
  const Tensor share = 0.5 * (1 + torch::erf(wide * M_SQRT1_2));  // of the normal distribution below z
  const Tensor density = (-0.5 * wide.square()).exp() * (M_2_SQRTPI * M_SQRT1_2 / 2);
  a.copy_(wide * share);
  z.copy_(share + wide * density);
}

void AtenKernels::gelu_gradient(const Tensor& derivative, const Tensor& da, const Tensor& dz) {
  dz.copy_(da * derivative);
}

void AtenKernels::cross_entropy(const Tensor& logits, const Tensor& targets, const Tensor& weight, const Tensor& loss) {
  const Tensor counted = targets.ne(kNotCounted);
  const Tensor index = targets.clamp_min(0).to(torch::kInt64).unsqueeze(2);  // [S, N, 1]
  const Tensor log_probabilities = logits.log_softmax(2);
  const Tensor own = log_probabilities.gather(2, index).squeeze(2).masked_fill(~counted, 0);
  loss.sub_(own.sum(1, /*keepdim=*/false, torch::kFloat64) * weight);
  const Tensor one_hot = torch::arange(logits.size(2), targets.options()).eq(targets.unsqueeze(2)).to(logits.dtype());
  const Tensor d = (log_probabilities.exp() - one_hot) * weight.to(logits.dtype()).view({-1, 1, 1});
  logits.copy_(d.masked_fill(~counted.unsqueeze(2), 0));
}

void AtenKernels::gradient_norm(const Tensor& gradient, const Tensor& norm) {
  norm.copy_(gradient.norm(2, {1}, /*keepdim=*/false, torch::kFloat64));
}

void AtenKernels::adamw(const AdamWState& state) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
  const Tensor alive = (state.active.ne(0) & state.norm.isfinite()).unsqueeze(1);  // [S, 1]
  Tensor gradient = state.gradient;
  if (state.clip_norm > 0)
    gradient = gradient * (state.clip_norm / (state.norm + 1e-6)).clamp_max(1).to(gradient.dtype()).unsqueeze(1);
  const auto renew = [&](const Tensor& target, const Tensor& value) {
    target.copy_(torch::where(alive, value, target));
  };
  renew(state.first_moment, state.first_moment * kBeta1 + gradient * (1 - kBeta1));
  renew(state.second_moment, state.second_moment * kBeta2 + gradient.square() * (1 - kBeta2));
  const Tensor rates = state.rates.to(gradient.dtype());
  const Tensor rate = rates[0], first_correction = rates[1], second_correction = rates[2];
  for (const DecayStretch& stretch : state.stretches) {
    const auto part = [&](const Tensor& flat) { return flat.narrow(1, stretch.offset, stretch.size); };
    const Tensor kept = part(state.weights) * (1 - rate * stretch.weight_decay);
    const Tensor change = rate * first_correction * part(state.first_moment) /
                          ((part(state.second_moment) * second_correction).sqrt() + kEpsilon);
    renew(part(state.weights), kept - change);
  }
}

}  // namespace seedscape
