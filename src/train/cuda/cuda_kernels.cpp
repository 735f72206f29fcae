#include "cuda_kernels.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "launch.h"

namespace seedscape {

namespace {

using torch::Tensor;
using Operation = OwnKernel::Operation;

/// The device whose stream takes the launch; checks the launch at the end of its life.
class Launch {
 public:
  explicit Launch(const Tensor& tensor) : guard_(tensor.device()), stream_(c10::cuda::getCurrentCUDAStream()) {}
  cudaStream_t stream() const { return stream_.stream(); }
  static void check() { C10_CUDA_CHECK(cudaGetLastError()); }

 private:
  c10::cuda::CUDAGuard guard_;
  c10::cuda::CUDAStream stream_;
};

cuda::OperandRows operand(const Tensor& tensor) {
  return {tensor.data_ptr(), tensor.scalar_type() == torch::kBFloat16 ? cuda::Operand::bf16 : cuda::Operand::fp32,
          tensor.stride(0), tensor.stride(1)};
}

template <class T>
cuda::Rows<T> rows(const Tensor& tensor) {
  return {tensor.data_ptr<std::remove_const_t<T>>(), tensor.stride(0), tensor.stride(1)};
}

cuda::Size size_of(const Tensor& tensor) { return {tensor.size(0), tensor.size(1), tensor.size(2)}; }

bool fits(const Tensor& tensor) {
  return tensor.size(0) <= cuda::kMostBlocks && tensor.numel() / tensor.size(0) < cuda::kMostNumbers;
}

float* vector_of(const Tensor& tensor) { return tensor.defined() ? tensor.data_ptr<float>() : nullptr; }

/// Products of bf16 operands may be written as fp32, as they were summed.
bool widens(const Tensor& from, const Tensor& to) { return from.scalar_type() != to.scalar_type(); }

/// target (+)= a b
void multiply(const Tensor& a, const Tensor& b, const Tensor& target, bool add) {
  Tensor out = target;
  if (widens(a, target)) {
    add ? at::baddbmm_out(out, out, a, b, target.scalar_type()) : at::bmm_out(out, a, b, target.scalar_type());
  } else {
    add ? out.baddbmm_(a, b) : at::bmm_out(out, a, b);
  }
}

}  // namespace

const std::vector<OwnKernel>& CudaKernels::table() {
  static const std::vector<OwnKernel> table{{Operation::fold, "fold", ""},
                                            {Operation::unfold, "unfold", ""},
                                            {Operation::embed, "embed", ""},
                                            {Operation::embed_gradient, "embed_gradient", ""},
                                            {Operation::normalize, "normalize", ""},
                                            {Operation::normalize_gradient, "normalize_gradient", ""},
                                            {Operation::linear, "linear", ""},
                                            {Operation::linear_input_gradient, "linear_input_gradient", ""},
                                            {Operation::linear_weight_gradient, "linear_weight_gradient", ""},
                                            {Operation::rotate, "rotate", ""},
                                            {Operation::attention, "attention", ""},
                                            {Operation::attention_gradient, "attention_gradient", ""},
                                            {Operation::gelu, "gelu", ""},
                                            {Operation::gelu_gradient, "gelu_gradient", ""},
                                            {Operation::cross_entropy, "cross_entropy", ""},
                                            {Operation::gradient_norm, "gradient_norm", ""},
                                            {Operation::adamw, "adamw", ""}};
  return table;
}

bool CudaKernels::uses(Operation operation, const Tensor& operand) const {
  const torch::Dtype type = operand.scalar_type();
  if (operand.device() != device_ || (type != torch::kFloat32 && type != torch::kBFloat16) || !fits(operand))
    return false;
  if (choice_ != KernelChoice::tried) return choice_ == KernelChoice::own;
  return *table()[static_cast<std::size_t>(operation)].ran != '\0';
}

Tensor& CudaKernels::working_memory(Tensor& memory, const std::vector<std::int64_t>& sizes, const Tensor& like) {
  if (!memory.defined() || memory.sizes() != sizes || memory.device() != like.device())
    memory = torch::empty(sizes, like.options());
  return memory;
}

void CudaKernels::fold(const LinearParameters& parameters, const Linear& target) {
  if (!uses(Operation::fold, target.weight)) return AtenKernels::fold(parameters, target);
  const Launch launch(target.weight);
  cuda::fold(size_of(target.weight), rows<const float>(parameters.weight),
             {vector_of(parameters.bias), vector_of(parameters.scale), vector_of(parameters.shift),
              parameters.weight.stride(0)},
             operand(target.weight), target.bias.data_ptr<float>(), target.bias.stride(0), launch.stream());
  Launch::check();
}

void CudaKernels::unfold(const LinearParameters& parameters, const Linear& d_folded, const LinearParameters& d) {
  if (!uses(Operation::unfold, d_folded.weight)) return AtenKernels::unfold(parameters, d_folded, d);
  const Launch launch(d_folded.weight);
  cuda::unfold(size_of(d_folded.weight), rows<const float>(parameters.weight),
               {vector_of(parameters.bias), vector_of(parameters.scale), vector_of(parameters.shift),
                parameters.weight.stride(0)},
               rows<const float>(d_folded.weight), d_folded.bias.data_ptr<float>(), d_folded.bias.stride(0),
               rows<float>(d.weight), {vector_of(d.bias), vector_of(d.scale), vector_of(d.shift), d.weight.stride(0)},
               launch.stream());
  Launch::check();
}

void CudaKernels::embed(const Tensor& tokens, const Tensor& table, const Tensor& x) {
  if (!uses(Operation::embed, x)) return AtenKernels::embed(tokens, table, x);
  const Launch launch(x);
  cuda::embed(size_of(x), rows<const std::int32_t>(tokens), rows<const float>(table), rows<float>(x), launch.stream());
  Launch::check();
}

void CudaKernels::embed_gradient(const Tensor& tokens, const Tensor& dx, const Tensor& d_table, bool add) {
  if (!uses(Operation::embed_gradient, dx) || d_table.size(1) > cuda::kMostBlocks)
    return AtenKernels::embed_gradient(tokens, dx, d_table, add);
  const Launch launch(dx);
  cuda::embed_gradient(size_of(dx), d_table.size(1), rows<const std::int32_t>(tokens), rows<const float>(dx),
                       rows<float>(d_table), add, launch.stream());
  Launch::check();
}

void CudaKernels::normalize(const Tensor& x, const Tensor& normal, const Tensor& inverse_deviation) {
  if (!uses(Operation::normalize, normal)) return AtenKernels::normalize(x, normal, inverse_deviation);
  const Launch launch(x);
  cuda::normalize(size_of(x), rows<const float>(x), operand(normal), inverse_deviation.data_ptr<float>(),
                  static_cast<float>(kLayerNormEpsilon), launch.stream());
  Launch::check();
}

void CudaKernels::normalize_gradient(const Tensor& normal, const Tensor& inverse_deviation, const Tensor& d_normal,
                                     const Tensor& dx, const Tensor& dx_operand, bool add) {
  if (!uses(Operation::normalize_gradient, normal))
    return AtenKernels::normalize_gradient(normal, inverse_deviation, d_normal, dx, dx_operand, add);
  const Launch launch(dx);
  cuda::normalize_gradient(size_of(dx), operand(normal), inverse_deviation.data_ptr<float>(), operand(d_normal),
                           rows<float>(dx), dx_operand.is_same(dx) ? cuda::OperandRows() : operand(dx_operand), add,
                           launch.stream());
  Launch::check();
}

void CudaKernels::linear(const Tensor& x, const Linear& layer, const Tensor& y, bool add) {
  if (!uses(Operation::linear, y)) return AtenKernels::linear(x, layer, y, add);
  multiply(x, layer.weight.transpose(1, 2), y, add);
  const Launch launch(y);
  cuda::add_bias(size_of(y), operand(y), layer.bias.data_ptr<float>(), layer.bias.stride(0), launch.stream());
  Launch::check();
}

void CudaKernels::linear_input_gradient(const Tensor& dy, const Linear& layer, const Tensor& dx) {
  if (!uses(Operation::linear_input_gradient, dx)) return AtenKernels::linear_input_gradient(dy, layer, dx);
  multiply(dy, layer.weight, dx, /*add=*/false);
}

void CudaKernels::linear_weight_gradient(const Tensor& dy, const Tensor& x, const Linear& d, bool add) {
  if (!uses(Operation::linear_weight_gradient, dy)) return AtenKernels::linear_weight_gradient(dy, x, d, add);
  multiply(dy.transpose(1, 2), x, d.weight, add);
  const Launch launch(dy);
  cuda::sum_rows(size_of(dy), operand(dy), d.bias.data_ptr<float>(), d.bias.stride(0), add, launch.stream());
  Launch::check();
}

void CudaKernels::rotate(const Tensor& z, const Tensor& cosine, const Tensor& sine, std::int64_t K, bool backwards) {
  if (!uses(Operation::rotate, z)) return AtenKernels::rotate(z, cosine, sine, K, backwards);
  const Launch launch(z);
  const auto count = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
  cuda::rotate(size_of(z), operand(z),
               {.cosine = cosine.data_ptr<float>(),
                .sine = sine.data_ptr<float>(),
                .T = count(cosine.size(0)),
                .H = count(z.size(2) / (3 * K)),
                .K = count(K),
                .half = count(cosine.size(1)),
                .backwards = backwards},
               launch.stream());
  Launch::check();
}

void CudaKernels::attention(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a, const Tensor& log_sum) {
  const cuda::AttentionSize size{z.size(0), z.size(1), static_cast<int>(T), static_cast<int>(z.size(2) / (3 * K)),
                                 static_cast<int>(K)};
  if (!uses(Operation::attention, z)) return AtenKernels::attention(z, T, K, a, log_sum);
  const Launch launch(z);
  if (!cuda::attention_fits(size, operand(z).type)) return AtenKernels::attention(z, T, K, a, log_sum);
  cuda::attention(size, operand(z), operand(a), log_sum.data_ptr<float>(), launch.stream());
  Launch::check();
}

void CudaKernels::attention_gradient(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a,
                                     const Tensor& log_sum, const Tensor& da, const Tensor& dz) {
  const cuda::AttentionSize size{z.size(0), z.size(1), static_cast<int>(T), static_cast<int>(z.size(2) / (3 * K)),
                                 static_cast<int>(K)};
  if (!uses(Operation::attention_gradient, z)) return AtenKernels::attention_gradient(z, T, K, a, log_sum, da, dz);
  const Launch launch(z);
  if (!cuda::attention_fits(size, operand(z).type)) return AtenKernels::attention_gradient(z, T, K, a, log_sum, da, dz);
  cuda::attention_gradient(size, operand(z), operand(a), log_sum.data_ptr<float>(), operand(da), operand(dz),
                           launch.stream());
  Launch::check();
}

void CudaKernels::gelu(const Tensor& z, const Tensor& a) {
  if (!uses(Operation::gelu, z)) return AtenKernels::gelu(z, a);
  const Launch launch(z);
  cuda::gelu(size_of(z), operand(z), operand(a), launch.stream());
  Launch::check();
}

void CudaKernels::gelu_gradient(const Tensor& derivative, const Tensor& da, const Tensor& dz) {
  if (!uses(Operation::gelu_gradient, dz)) return AtenKernels::gelu_gradient(derivative, da, dz);
  const Launch launch(dz);
  cuda::multiply(size_of(dz), operand(derivative), operand(da), operand(dz), launch.stream());
  Launch::check();
}

void CudaKernels::cross_entropy(const Tensor& logits, const Tensor& targets, const Tensor& weight, const Tensor& loss) {
  if (!uses(Operation::cross_entropy, logits)) return AtenKernels::cross_entropy(logits, targets, weight, loss);
  const Launch launch(logits);
  const Tensor& row_loss = working_memory(row_loss_, {logits.size(0), logits.size(1)}, logits);
  cuda::cross_entropy(size_of(logits), rows<float>(logits), rows<const std::int32_t>(targets),
                      weight.data_ptr<double>(), row_loss.data_ptr<float>(), loss.data_ptr<double>(), launch.stream());
  Launch::check();
}

void CudaKernels::gradient_norm(const Tensor& gradient, const Tensor& norm) {
  if (!uses(Operation::gradient_norm, gradient)) return AtenKernels::gradient_norm(gradient, norm);
  const Launch launch(gradient);
  const std::int64_t S = gradient.size(0), P = gradient.size(1);
  const Tensor& partial = working_memory(norm_partial_, {S, cuda::norm_chunks(P)}, norm);
  cuda::gradient_norm(S, P, gradient.data_ptr<float>(), partial.data_ptr<double>(), norm.data_ptr<double>(),
                      launch.stream());
  Launch::check();
}

void CudaKernels::adamw(const AdamWState& state) {
  if (!uses(Operation::adamw, state.weights)) return AtenKernels::adamw(state);
  const Launch launch(state.weights);
  for (const DecayStretch& stretch : state.stretches) {
    cuda::adamw({.S = state.weights.size(0),
                 .P = state.weights.size(1),
                 .begin = stretch.offset,
                 .size = stretch.size,
                 .weights = state.weights.data_ptr<float>(),
                 .first_moment = state.first_moment.data_ptr<float>(),
                 .second_moment = state.second_moment.data_ptr<float>(),
                 .gradient = state.gradient.data_ptr<float>(),
                 .norm = state.norm.data_ptr<double>(),
                 .rates = state.rates.data_ptr<double>(),
                 .active = state.active.data_ptr<std::uint8_t>(),
                 .weight_decay = stretch.weight_decay,
                 .clip_norm = state.clip_norm},
                launch.stream());
    Launch::check();
  }
}

}  // namespace seedscape
