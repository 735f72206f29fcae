#include "operand.cuh"
#include "pointwise.h"

namespace seedscape::cuda {

namespace {

constexpr int kThreads = 256;

/// The number of this thread within its seed.
__device__ std::uint32_t number_of_thread() { return blockIdx.x * kThreads + threadIdx.x; }

__device__ Element element_of_thread(const Size& size) {
  return element(number_of_thread(), static_cast<std::uint32_t>(size.C));
}

template <class Number>
__global__ void rotate_kernel(Size size, Rows<Number> z, Rotation rotation) {
  const auto& [cosine, sine, T, H, K, half, backwards] = rotation;
  const RotaryPair place = rotary_pair(number_of_thread(), H, K, half);
  if (place.n >= size.N) return;
  Number* const low = z.row(blockIdx.y, place.n) + place.low;
  const std::uint32_t angle = place.n % T * half + place.pair;
  turn(low, low + half, cosine[angle], backwards ? -sine[angle] : sine[angle]);
}

template <class Number>
__global__ void gelu_kernel(Size size, Rows<Number> z, Rows<Number> a) {
  const auto [n, c] = element_of_thread(size);
  if (n < size.N) gelu(z.row(blockIdx.y, n) + c, a.row(blockIdx.y, n) + c);
}

template <class Number>
__global__ void multiply_kernel(Size size, Rows<const Number> derivative, Rows<const Number> da, Rows<Number> dz) {
  const auto [n, c] = element_of_thread(size);
  const std::int64_t s = blockIdx.y;
  if (n < size.N) dz.row(s, n)[c] = product(da.row(s, n)[c], derivative.row(s, n)[c]);
}

template <class Number>
__global__ void add_bias_kernel(Size size, Rows<Number> y, const float* bias, std::int64_t bias_stride) {
  const auto [n, c] = element_of_thread(size);
  const std::int64_t s = blockIdx.y;
  if (n >= size.N) return;
  Number& number = y.row(s, n)[c];
  number = static_cast<Number>(static_cast<float>(number) + bias[s * bias_stride + c]);
}

}  // namespace

void rotate(const Size& size, const OperandRows& z, const Rotation& rotation, cudaStream_t stream) {
  const std::int64_t pairs = size.N * rotation.H * 2 * rotation.half;
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    rotate_kernel<<<blocks(pairs, kThreads, size.S), kThreads, 0, stream>>>(size, rows_of<Number>(z), rotation);
  });
}

void gelu(const Size& size, const OperandRows& z, const OperandRows& a, cudaStream_t stream) {
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    gelu_kernel<<<blocks(size.N * size.C, kThreads, size.S), kThreads, 0, stream>>>(size, rows_of<Number>(z),
                                                                                    rows_of<Number>(a));
  });
}

void multiply(const Size& size, const OperandRows& derivative, const OperandRows& da, const OperandRows& dz,
              cudaStream_t stream) {
  with_operand(dz.type, [&](auto number) {
    using Number = decltype(number);
    multiply_kernel<<<blocks(size.N * size.C, kThreads, size.S), kThreads, 0, stream>>>(
        size, rows_of<const Number>(derivative), rows_of<const Number>(da), rows_of<Number>(dz));
  });
}

void add_bias(const Size& size, const OperandRows& y, const float* bias, std::int64_t bias_stride,
              cudaStream_t stream) {
  with_operand(y.type, [&](auto number) {
    using Number = decltype(number);
    add_bias_kernel<<<blocks(size.N * size.C, kThreads, size.S), kThreads, 0, stream>>>(size, rows_of<Number>(y), bias,
                                                                                        bias_stride);
  });
}

}  // namespace seedscape::cuda
