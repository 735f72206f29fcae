// What stands around the products of a linear layer: a layer norm's scale and shift on their way into the weights and
// back, by one warp a row, and the gradient of the bias.

#include "grid.cuh"
#include "operand.cuh"
#include "sums.cuh"

namespace seedscape::cuda {

namespace {

/// See Kernels::fold.   weight, target, scale, shift [in], of one output; scale, shift and bias may be null
template <class Number>
__device__ void fold_row(const Team& team, const float* weight, const float* bias, const float* scale,
                         const float* shift, Number* target, float* target_bias, int in) {
  float moved = 0;
  for (int i = team.lane; i < in; i += team.lanes) {
    target[i] = static_cast<Number>(scale != nullptr ? weight[i] * scale[i] : weight[i]);
    if (shift != nullptr) moved += weight[i] * shift[i];
  }
  moved = team.sum(moved);
  if (team.lane == 0) *target_bias += moved + (bias != nullptr ? *bias : 0.0F);
}

/// The row's part of Kernels::unfold: d_weight and d_bias.   d_folded_weight, scale, shift, d_weight [in]; scale and
/// shift may be null
__device__ void unfold_row(const Team& team, const float* d_folded_weight, float d_folded_bias, const float* scale,
                           const float* shift, float* d_weight, float* d_bias, int in) {
  for (int i = team.lane; i < in; i += team.lanes)
    d_weight[i] = scale != nullptr ? d_folded_weight[i] * scale[i] + d_folded_bias * shift[i] : d_folded_weight[i];
  if (team.lane == 0 && d_bias != nullptr) *d_bias = d_folded_bias;
}

constexpr int kWarps = 8;      // of a block, a row each
constexpr int kSumWarps = 16;  // that share the rows of a sum

template <class T>
__device__ T* of_seed(T* vectors, std::int64_t s, std::int64_t seed_stride) {
  return vectors != nullptr ? vectors + s * seed_stride : nullptr;
}

template <class Number>
__global__ void sum_rows_kernel(Size size, Rows<const Number> y, float* target, std::int64_t target_stride, bool add) {
  __shared__ float shared[kSumWarps * Team::lanes];
  const Team team;
  const std::int64_t s = blockIdx.y, c = std::int64_t{blockIdx.x} * Team::lanes + team.lane;
  const auto term = [&](std::int64_t n) { return c < size.C ? static_cast<float>(y.row(s, n)[c]) : 0.0F; };
  const float sum = sum_of_rows(team, size.N, term, shared);
  if (team.warp > 0 || c >= size.C) return;
  float& place = target[s * target_stride + c];
  place = add ? place + sum : sum;
}

template <class Number>
__global__ void fold_kernel(Size size, Rows<const float> weight, FoldVectors vectors, Rows<Number> target,
                            float* target_bias, std::int64_t target_bias_stride) {
  const Team team;
  const std::int64_t s = blockIdx.y, o = std::int64_t{blockIdx.x} * kWarps + team.warp;
  if (o >= size.N) return;
  const float* const bias = of_seed(vectors.bias, s, vectors.seed_stride);
  fold_row(team, weight.row(s, o), bias != nullptr ? bias + o : nullptr, of_seed(vectors.scale, s, vectors.seed_stride),
           of_seed(vectors.shift, s, vectors.seed_stride), target.row(s, o), target_bias + s * target_bias_stride + o,
           static_cast<int>(size.C));
}

__global__ void unfold_rows_kernel(Size size, FoldVectors vectors, Rows<const float> d_folded_weight,
                                   const float* d_folded_bias, std::int64_t d_folded_bias_stride, Rows<float> d_weight,
                                   UnfoldVectors d) {
  const Team team;
  const std::int64_t s = blockIdx.y, o = std::int64_t{blockIdx.x} * kWarps + team.warp;
  if (o >= size.N) return;
  float* const d_bias = of_seed(d.bias, s, d.seed_stride);
  unfold_row(team, d_folded_weight.row(s, o), d_folded_bias[s * d_folded_bias_stride + o],
             of_seed(vectors.scale, s, vectors.seed_stride), of_seed(vectors.shift, s, vectors.seed_stride),
             d_weight.row(s, o), d_bias != nullptr ? d_bias + o : nullptr, static_cast<int>(size.C));
}

/// Gradients of scale and shift: sums over the outputs, Team::lanes inputs a block.
__global__ void unfold_columns_kernel(Size size, Rows<const float> weight, Rows<const float> d_folded_weight,
                                      const float* d_folded_bias, std::int64_t d_folded_bias_stride, UnfoldVectors d) {
  __shared__ float shared[kSumWarps * Team::lanes];
  const Team team;
  const std::int64_t s = blockIdx.y, c = std::int64_t{blockIdx.x} * Team::lanes + team.lane;
  const bool is_column = c < size.C;
  const float d_scale = sum_of_rows(
      team, size.N,
      [&](std::int64_t o) { return is_column ? weight.row(s, o)[c] * d_folded_weight.row(s, o)[c] : 0.0F; }, shared);
  const float* const d_bias = d_folded_bias + s * d_folded_bias_stride;
  const float d_shift = sum_of_rows(
      team, size.N, [&](std::int64_t o) { return is_column ? weight.row(s, o)[c] * d_bias[o] : 0.0F; }, shared);
  if (team.warp > 0 || !is_column) return;
  d.scale[s * d.seed_stride + c] = d_scale;
  d.shift[s * d.seed_stride + c] = d_shift;
}

}  // namespace

void sum_rows(const Size& size, const OperandRows& y, float* target, std::int64_t target_stride, bool add,
              cudaStream_t stream) {
  with_operand(y.type, [&](auto number) {
    using Number = decltype(number);
    launch(sum_rows_kernel<Number>, {blocks(size.C, Team::lanes, size.S), kSumWarps * Team::lanes}, stream, size,
           rows_of<const Number>(y), target, target_stride, add);
  });
}

void fold(const Size& size, const Rows<const float>& weight, const FoldVectors& vectors, const OperandRows& target,
          float* target_bias, std::int64_t target_bias_stride, cudaStream_t stream) {
  with_operand(target.type, [&](auto number) {
    using Number = decltype(number);
    launch(fold_kernel<Number>, {blocks(size.N, kWarps, size.S), kWarps * Team::lanes}, stream, size, weight, vectors,
           rows_of<Number>(target), target_bias, target_bias_stride);
  });
}

void unfold(const Size& size, const Rows<const float>& weight, const FoldVectors& vectors,
            const Rows<const float>& d_folded_weight, const float* d_folded_bias, std::int64_t d_folded_bias_stride,
            const Rows<float>& d_weight, const UnfoldVectors& d, cudaStream_t stream) {
  launch(unfold_rows_kernel, {blocks(size.N, kWarps, size.S), kWarps * Team::lanes}, stream, size, vectors,
         d_folded_weight, d_folded_bias, d_folded_bias_stride, d_weight, d);
  if (vectors.scale == nullptr) return;
  launch(unfold_columns_kernel, {blocks(size.C, Team::lanes, size.S), kSumWarps * Team::lanes}, stream, size, weight,
         d_folded_weight, d_folded_bias, d_folded_bias_stride, d);
}

}  // namespace seedscape::cuda
