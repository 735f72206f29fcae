#pragma once
// What happens to single numbers: rotary pairs and GELU.

#include <cmath>

#include "team.h"

namespace seedscape::cuda {

/// The number that a thread works on, of the N C numbers of a seed. 32 bits, since division by C is dear in 64.
struct Element {
  std::uint32_t n, c;
};

SEEDSCAPE_DEVICE inline Element element(std::uint32_t i, std::uint32_t C) { return {i / C, i % C}; }

/// The pair of numbers that a thread turns, of the N H 2 R/2 pairs of a seed.
struct RotaryPair {
  std::uint32_t n;     // row
  std::uint32_t pair;  // of the R/2 of a head's q or k
  std::uint32_t low;   // its first number in the row [3D]; the second lies R/2 further
};

SEEDSCAPE_DEVICE inline RotaryPair rotary_pair(std::uint32_t i, std::uint32_t H, std::uint32_t K, std::uint32_t half) {
  const std::uint32_t pair = i % half, part = i / half;  // the row's heads, of each q and k
  const std::uint32_t n = part / (2 * H), of_row = part % (2 * H);
  return {n, pair, of_row / 2 * 3 * K + of_row % 2 * K + pair};
}

/// Turns by the angle whose cosine and sine are given.
template <class Operand>
SEEDSCAPE_DEVICE void turn(Operand* low, Operand* high, float cosine, float sine) {
  const auto x = static_cast<float>(*low), y = static_cast<float>(*high);
  *low = static_cast<Operand>(x * cosine - y * sine);
  *high = static_cast<Operand>(y * cosine + x * sine);
}

/// See Kernels::gelu.
template <class Operand>
SEEDSCAPE_DEVICE void gelu(Operand* z, Operand* a) {
  constexpr float kSqrtHalf = 0.70710678118654752F, kDensityAtZero = 0.39894228040143268F;
  const auto x = static_cast<float>(*z);
  const float share = 0.5F * (1 + erff(x * kSqrtHalf));  // of the normal distribution below x
  *a = static_cast<Operand>(x * share);
  *z = static_cast<Operand>(share + x * expf(-0.5F * x * x) * kDensityAtZero);
}

template <class Operand>
SEEDSCAPE_DEVICE Operand product(Operand a, Operand b) {
  return static_cast<Operand>(static_cast<float>(a) * static_cast<float>(b));
}

}  // namespace seedscape::cuda
