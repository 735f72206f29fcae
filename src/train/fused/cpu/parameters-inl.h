// Operations on parameters: folding of layer norms, gradient norm, AdamW. Compiled once for each instruction set.

#if defined(SEEDSCAPE_PARAMETERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_PARAMETERS_INL_H_
#undef SEEDSCAPE_PARAMETERS_INL_H_
#else
#define SEEDSCAPE_PARAMETERS_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "lanes-inl.h"
#include "operations.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

HWY_NOINLINE void fold(const FoldArgs& args, Rows weight, Rows transposed, float* bias) {
  const auto& [own, own_bias, scale, shift] = args;
  for (std::int64_t row = 0; row < own.rows; ++row) {
    const float* const in = own.data + row * own.stride;
    float* const out = weight.data + row * weight.stride;
    Vector shifted = all(0);
    for_vectors(own.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector w = access.load(in + i);
      access.store(scale == nullptr ? w : hn::Mul(w, access.load(scale + i)), out + i);
      if (shift != nullptr) shifted = hn::MulAdd(w, access.load(shift + i), shifted);
    });
    if (own_bias != nullptr) bias[row] += own_bias[row];
    if (shift != nullptr) bias[row] += sum_of(shifted);
  }
  constexpr std::int64_t kBlock = 16;  // a cache line of both sides
  for (std::int64_t r = 0; r < own.rows; r += kBlock) {
    const std::int64_t row_end = std::min(own.rows, r + kBlock);
    for (std::int64_t c = 0; c < own.columns; ++c) {
      for (std::int64_t row = r; row < row_end; ++row)
        transposed.data[c * transposed.stride + row] = weight.data[row * weight.stride + c];
    }
  }
}

HWY_NOINLINE void unfold(const FoldArgs& args, ConstRows d_weight, const float* d_bias, const UnfoldedGradient& d) {
  const auto& [own, own_bias, scale, shift] = args;
  if (own_bias != nullptr) std::copy(d_bias, d_bias + own.rows, d.bias);
  if (scale != nullptr) {
    std::fill(d.scale, d.scale + own.columns, 0.0f);
    std::fill(d.shift, d.shift + own.columns, 0.0f);
  }
  for (std::int64_t row = 0; row < own.rows; ++row) {
    const float *const in = d_weight.data + row * d_weight.stride, *const w = own.data + row * own.stride;
    float* const out = d.weight.data + row * d.weight.stride;
    if (scale == nullptr) {
      std::copy(in, in + own.columns, out);
      continue;
    }
    const Vector d_own_bias = all(d_bias[row]);
    for_vectors(own.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector gradient = access.load(in + i), weight = access.load(w + i);
      access.store(hn::MulAdd(gradient, access.load(scale + i), hn::Mul(d_own_bias, access.load(shift + i))), out + i);
      access.store(hn::MulAdd(weight, gradient, access.load(d.scale + i)), d.scale + i);
      access.store(hn::MulAdd(d_own_bias, weight, access.load(d.shift + i)), d.shift + i);
    });
  }
}

/// Blocks are summed in fp32 lanes and added in double: as exact as need be for any number of parameters.
HWY_NOINLINE double square_sum(const float* values, std::int64_t n) {
  constexpr std::int64_t kBlock = 64 * kLanes;
  double total = 0;
  for (std::int64_t first = 0; first < n; first += kBlock) {
    Vector sum = all(0);
    for_vectors(std::min(kBlock, n - first), [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector value = access.load(values + first + i);
      sum = hn::MulAdd(value, value, sum);
    });
    total += static_cast<double>(sum_of(sum));
  }
  return total;
}

HWY_NOINLINE void adamw(const AdamWArgs& args, std::int64_t n) {
  const Vector clip = all(args.clip_factor), keep = all(args.keep), rate = all(args.rate),
               second_correction = all(args.second_correction), epsilon = all(args.epsilon);
  const Vector beta1 = all(args.beta1), rest1 = all(args.rest1), beta2 = all(args.beta2), rest2 = all(args.rest2);
  for_vectors(n, [&](auto access, std::int64_t i) HWY_ATTR {
    const Vector g = hn::Mul(access.load(args.gradient + i), clip);
    const Vector m = hn::MulAdd(access.load(args.first_moment + i), beta1, hn::Mul(g, rest1));
    const Vector v = hn::MulAdd(access.load(args.second_moment + i), beta2, hn::Mul(hn::Mul(g, g), rest2));
    const Vector denominator = hn::Add(hn::Sqrt(hn::Mul(v, second_correction)), epsilon);
    const Vector w = hn::Mul(access.load(args.weights + i), keep);
    access.store(hn::Sub(w, hn::Div(hn::Mul(rate, m), denominator)), args.weights + i);
    access.store(m, args.first_moment + i);
    access.store(v, args.second_moment + i);
  });
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
