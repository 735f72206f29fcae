#pragma once
// Stands in for CUDA's header of the same name. See cuda_runtime_api.h

#include <bit>
#include <cmath>
#include <cstdint>

/// The upper half of a float's bits.
struct __nv_bfloat16 {
  std::uint16_t bits;

  __nv_bfloat16() = default;

  /// Rounds to nearest, ties to even.
  __nv_bfloat16(float x) {
    const auto wide = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t half = 0x7FFF + (wide >> 16 & 1);
    bits = static_cast<std::uint16_t>(std::isnan(x) ? 0x7FFF : (wide + half) >> 16);
  }

  operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};
