// Layer norm and its gradient, by one warp a row.

#include "grid.cuh"
#include "operand.cuh"
#include "team.cuh"

namespace seedscape::cuda {

namespace {

/// See Kernels::normalize.   x, normal [D]
template <class Number>
__device__ void normalize_row(const Team& team, const float* x, Number* normal, float* inverse_deviation, int D,
                              float epsilon) {
  float sum = 0;
  for (int i = team.lane; i < D; i += team.lanes) sum += x[i];
  const float mean = team.sum(sum) / static_cast<float>(D);
  float squares = 0;
  for (int i = team.lane; i < D; i += team.lanes) squares += (x[i] - mean) * (x[i] - mean);
  const float inverse = 1 / sqrtf(team.sum(squares) / static_cast<float>(D) + epsilon);
  for (int i = team.lane; i < D; i += team.lanes) normal[i] = static_cast<Number>((x[i] - mean) * inverse);
  if (team.lane == 0) *inverse_deviation = inverse;
}

/// See Kernels::normalize_gradient.   All [D]; dx_operand null where it is dx
template <class Number>
__device__ void normalize_gradient_row(const Team& team, const Number* normal, float inverse_deviation,
                                       const Number* d_normal, float* dx, Number* dx_operand, int D, bool add) {
  float sum = 0, projection = 0;
  for (int i = team.lane; i < D; i += team.lanes) {
    const auto d = static_cast<float>(d_normal[i]);
    sum += d;
    projection += d * static_cast<float>(normal[i]);
  }
  const float mean = team.sum(sum) / static_cast<float>(D);
  const float mean_projection = team.sum(projection) / static_cast<float>(D);
  for (int i = team.lane; i < D; i += team.lanes) {
    const float own =
        (static_cast<float>(d_normal[i]) - mean - static_cast<float>(normal[i]) * mean_projection) * inverse_deviation;
    const float value = add ? dx[i] + own : own;
    dx[i] = value;
    if (dx_operand != nullptr) dx_operand[i] = static_cast<Number>(value);
  }
}

constexpr int kWarps = 8;  // of a block, a row each

template <class Number>
__global__ void normalize_kernel(Size size, Rows<const float> x, Rows<Number> normal, float* inverse_deviation,
                                 float epsilon) {
  const Team team;
  const std::int64_t s = blockIdx.y, n = std::int64_t{blockIdx.x} * kWarps + team.warp;
  if (n >= size.N) return;
  normalize_row(team, x.row(s, n), normal.row(s, n), inverse_deviation + s * size.N + n, static_cast<int>(size.C),
                epsilon);
}

template <class Number>
__global__ void normalize_gradient_kernel(Size size, Rows<const Number> normal, const float* inverse_deviation,
                                          Rows<const Number> d_normal, Rows<float> dx, Rows<Number> dx_operand,
                                          bool add) {
  const Team team;
  const std::int64_t s = blockIdx.y, n = std::int64_t{blockIdx.x} * kWarps + team.warp;
  if (n >= size.N) return;
  Number* const copy = dx_operand.data != nullptr ? dx_operand.row(s, n) : nullptr;
  normalize_gradient_row(team, normal.row(s, n), inverse_deviation[s * size.N + n], d_normal.row(s, n), dx.row(s, n),
                         copy, static_cast<int>(size.C), add);
}

}  // namespace

void normalize(const Size& size, const Rows<const float>& x, const OperandRows& normal, float* inverse_deviation,
               float epsilon, cudaStream_t stream) {
  with_operand(normal.type, [&](auto number) {
    using Number = decltype(number);
    launch(normalize_kernel<Number>, {blocks(size.N, kWarps, size.S), kWarps * Team::lanes}, stream, size, x,
           rows_of<Number>(normal), inverse_deviation, epsilon);
  });
}

void normalize_gradient(const Size& size, const OperandRows& normal, const float* inverse_deviation,
                        const OperandRows& d_normal, const Rows<float>& dx, const OperandRows& dx_operand, bool add,
                        cudaStream_t stream) {
  with_operand(normal.type, [&](auto number) {
    using Number = decltype(number);
    launch(normalize_gradient_kernel<Number>, {blocks(size.N, kWarps, size.S), kWarps * Team::lanes}, stream, size,
           rows_of<const Number>(normal), inverse_deviation, rows_of<const Number>(d_normal), dx,
           rows_of<Number>(dx_operand), add);
  });
}

}  // namespace seedscape::cuda
