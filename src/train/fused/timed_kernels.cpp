#include "timed_kernels.h"

#include <torch/cuda.h>

namespace seedscape {

namespace {

using torch::Tensor;

double numbers(const Tensor& tensor) { return static_cast<double>(tensor.numel()); }

/// Multiplications and additions of a product with a weight [S, out, in] for N tokens.
double product_flops(const Tensor& x, const Tensor& weight) {
  return 2 * static_cast<double>(x.size(1)) * numbers(weight);
}

/// Of one product of causal attention, the future left out: N T / 2 pairs of K numbers for each head.
double attention_flops(const Tensor& a, std::int64_t T) { return numbers(a) * static_cast<double>(T); }

}  // namespace

TimedKernels::TimedKernels(std::unique_ptr<Kernels> kernels, torch::Device device)
    : kernels_(std::move(kernels)), device_(device) {}

/// Bytes: each touched tensor once, the least that a pass over memory could move.
void TimedKernels::time(const char* name, double flops, std::initializer_list<Tensor> touched,
                        const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  call();
  if (device_.is_cuda()) torch::cuda::synchronize(device_.index());
  OperationTime& sum = times_[name];
  sum.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  sum.flops += flops;
  for (const Tensor& tensor : touched)
    sum.bytes += tensor.defined() ? numbers(tensor) * static_cast<double>(tensor.element_size()) : 0;
}

void TimedKernels::fold(const LinearParameters& parameters, const Linear& target) {
  time("fold", 0, {parameters.weight, target.weight, target.transposed}, [&] { kernels_->fold(parameters, target); });
}

void TimedKernels::unfold(const LinearParameters& parameters, const Linear& d_folded, const LinearParameters& d) {
  time("unfold", 0, {parameters.weight, d_folded.weight, d.weight}, [&] { kernels_->unfold(parameters, d_folded, d); });
}

void TimedKernels::embed(const Tensor& tokens, const Tensor& table, const Tensor& x) {
  time("embed", 0, {tokens, x}, [&] { kernels_->embed(tokens, table, x); });
}

void TimedKernels::embed_gradient(const Tensor& tokens, const Tensor& dx, const Tensor& d_table, bool add) {
  time("embed", 0, {tokens, dx}, [&] { kernels_->embed_gradient(tokens, dx, d_table, add); });
}

void TimedKernels::normalize(const Tensor& x, const Tensor& normal, const Tensor& inverse_deviation) {
  time("layer norm", 0, {x, normal}, [&] { kernels_->normalize(x, normal, inverse_deviation); });
}

void TimedKernels::normalize_gradient(const Tensor& normal, const Tensor& inverse_deviation, const Tensor& d_normal,
                                      const Tensor& dx, const Tensor& dx_operand, bool add) {
  time("layer norm", 0, {normal, d_normal, dx, dx},
       [&] { kernels_->normalize_gradient(normal, inverse_deviation, d_normal, dx, dx_operand, add); });
}

void TimedKernels::linear(const Tensor& x, const Linear& layer, const Tensor& y, bool add) {
  time("product, forward", product_flops(x, layer.weight), {x, layer.weight, y},
       [&] { kernels_->linear(x, layer, y, add); });
}

void TimedKernels::linear_input_gradient(const Tensor& dy, const Linear& layer, const Tensor& dx) {
  time("product, input gradient", product_flops(dy, layer.weight), {dy, layer.weight, dx},
       [&] { kernels_->linear_input_gradient(dy, layer, dx); });
}

void TimedKernels::linear_weight_gradient(const Tensor& dy, const Tensor& x, const Linear& d, bool add) {
  time("product, weight gradient", product_flops(x, d.weight), {dy, x, d.weight},
       [&] { kernels_->linear_weight_gradient(dy, x, d, add); });
}

void TimedKernels::rotate(const Tensor& z, const Tensor& cosine, const Tensor& sine, std::int64_t K, bool backwards) {
  time("rotary", 0, {z, z}, [&] { kernels_->rotate(z, cosine, sine, K, backwards); });
}

void TimedKernels::attention(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a, const Tensor& log_sum) {
  time("attention, forward", 2 * attention_flops(a, T), {z, a}, [&] { kernels_->attention(z, T, K, a, log_sum); });
}

void TimedKernels::attention_gradient(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a,
                                      const Tensor& log_sum, const Tensor& da, const Tensor& dz) {
  time("attention, backward", 4 * attention_flops(a, T), {z, a, da, dz},
       [&] { kernels_->attention_gradient(z, T, K, a, log_sum, da, dz); });
}

void TimedKernels::gelu(const Tensor& z, const Tensor& a) {
  time("gelu", 0, {z, z, a}, [&] { kernels_->gelu(z, a); });
}

void TimedKernels::gelu_gradient(const Tensor& derivative, const Tensor& da, const Tensor& dz) {
  time("gelu", 0, {derivative, da, dz}, [&] { kernels_->gelu_gradient(derivative, da, dz); });
}

void TimedKernels::cross_entropy(const Tensor& logits, const Tensor& targets, const Tensor& weight,
                                 const Tensor& loss) {
  time("cross entropy", 0, {logits, logits}, [&] { kernels_->cross_entropy(logits, targets, weight, loss); });
}

void TimedKernels::gradient_norm(const Tensor& gradient, const Tensor& norm) {
  time("adamw and norm", 0, {gradient}, [&] { kernels_->gradient_norm(gradient, norm); });
}

void TimedKernels::adamw(const AdamWState& state) {
  const Tensor& weights = state.weights;
  time("adamw and norm", 0, {weights, weights, weights, weights, weights, weights, state.gradient},
       [&] { kernels_->adamw(state); });
}

}  // namespace seedscape
