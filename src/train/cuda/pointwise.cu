// What happens to single numbers: rotary pairs, GELU, products, biases.

#include "grid.cuh"
#include "operand.cuh"

namespace seedscape::cuda {

namespace {

/// The pair of numbers that a thread turns, of the N H 2 R/2 pairs of a seed.
struct RotaryPair {
  std::uint32_t n;     // row
  std::uint32_t pair;  // of the R/2 of a head's q or k
  std::uint32_t low;   // its first number in the row [3D]; the second lies R/2 further
};

__device__ RotaryPair rotary_pair(std::uint32_t i, std::uint32_t H, std::uint32_t K, std::uint32_t half) {
  const std::uint32_t pair = i % half, part = i / half;  // the row's heads, of each q and k
  const std::uint32_t n = part / (2 * H), of_row = part % (2 * H);
  return {n, pair, of_row / 2 * 3 * K + of_row % 2 * K + pair};
}

/// Turns by the angle whose cosine and sine are given.
template <class Number>
__device__ void turn(Number* low, Number* high, float cosine, float sine) {
  const auto x = static_cast<float>(*low), y = static_cast<float>(*high);
  *low = static_cast<Number>(x * cosine - y * sine);
  *high = static_cast<Number>(y * cosine + x * sine);
}

/// See Kernels::gelu.
template <class Number>
__device__ void gelu(Number* z, Number* a) {
  constexpr float kSqrtHalf = 0.70710678118654752F, kDensityAtZero = 0.39894228040143268F;
  const auto x = static_cast<float>(*z);
  const float share = 0.5F * (1 + erff(x * kSqrtHalf));  // of the normal distribution below x
  *a = static_cast<Number>(x * share);
  *z = static_cast<Number>(share + x * expf(-0.5F * x * x) * kDensityAtZero);
}

template <class Number>
__device__ Number product(Number a, Number b) {
  return static_cast<Number>(static_cast<float>(a) * static_cast<float>(b));
}

constexpr int kThreads = 256;

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
    launch(rotate_kernel<Number>, {blocks(pairs, kThreads, size.S), kThreads}, stream, size, rows_of<Number>(z),
           rotation);
  });
}

void gelu(const Size& size, const OperandRows& z, const OperandRows& a, cudaStream_t stream) {
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    launch(gelu_kernel<Number>, {blocks(size.N * size.C, kThreads, size.S), kThreads}, stream, size, rows_of<Number>(z),
           rows_of<Number>(a));
  });
}

void multiply(const Size& size, const OperandRows& derivative, const OperandRows& da, const OperandRows& dz,
              cudaStream_t stream) {
  with_operand(dz.type, [&](auto number) {
    using Number = decltype(number);
    launch(multiply_kernel<Number>, {blocks(size.N * size.C, kThreads, size.S), kThreads}, stream, size,
           rows_of<const Number>(derivative), rows_of<const Number>(da), rows_of<Number>(dz));
  });
}

void add_bias(const Size& size, const OperandRows& y, const float* bias, std::int64_t bias_stride,
              cudaStream_t stream) {
  with_operand(y.type, [&](auto number) {
    using Number = decltype(number);
    launch(add_bias_kernel<Number>, {blocks(size.N * size.C, kThreads, size.S), kThreads}, stream, size,
           rows_of<Number>(y), bias, bias_stride);
  });
}

}  // namespace seedscape::cuda
