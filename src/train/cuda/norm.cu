#include "norm.h"
#include "operand.cuh"

namespace seedscape::cuda {

namespace {

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
    normalize_kernel<<<blocks(size.N, kWarps, size.S), kWarps * Team::lanes, 0, stream>>>(
        size, x, rows_of<Number>(normal), inverse_deviation, epsilon);
  });
}

void normalize_gradient(const Size& size, const OperandRows& normal, const float* inverse_deviation,
                        const OperandRows& d_normal, const Rows<float>& dx, const OperandRows& dx_operand, bool add,
                        cudaStream_t stream) {
  with_operand(normal.type, [&](auto number) {
    using Number = decltype(number);
    normalize_gradient_kernel<<<blocks(size.N, kWarps, size.S), kWarps * Team::lanes, 0, stream>>>(
        size, rows_of<const Number>(normal), inverse_deviation, rows_of<const Number>(d_normal), dx,
        rows_of<Number>(dx_operand), add);
  });
}

}  // namespace seedscape::cuda
