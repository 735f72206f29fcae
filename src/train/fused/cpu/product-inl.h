// Matrix products for small matrices. Compiled once for each instruction set (see operations.cpp).

#if defined(SEEDSCAPE_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_PRODUCT_INL_H_
#undef SEEDSCAPE_PRODUCT_INL_H_
#else
#define SEEDSCAPE_PRODUCT_INL_H_
#endif

#include <algorithm>
#include <cstring>
#include <numeric>

#include "lanes-inl.h"
#include "operations.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {
// A tile of C stays in registers: 6 rows of as many vectors as the register file holds beside a row of B.
constexpr int kTileRows = 6;
constexpr int kTileVectors = SEEDSCAPE_HAS_32_REGISTERS ? 4 : 2;
constexpr std::int64_t kTileColumns = kTileVectors * kLanes;
constexpr std::int64_t kDepthBlock = 256;  // rows of B in one go: its tile of columns stays in the first-level cache
constexpr std::int64_t kRowBlock = 96;     // rows of A in one go: with a block of depth they stay in the second

/// C[kRows, kVectors kLanes] = start + A B over `depth`; with kMasked only `mask` of the last vector exists.
template <int kRows, int kVectors, bool kMasked>
HWY_INLINE void tile(const ProductArgs& p, const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::int64_t b_row,
                     std::int64_t depth, Start start, const float* HWY_RESTRICT bias, float* HWY_RESTRICT c,
                     const hn::Mask<Lanes> mask) {
  const Lanes lanes;
  Vector sums[kRows][kVectors];
  HWY_UNROLL(8)
  for (int v = 0; v < kVectors; ++v) {
    const bool last = kMasked && v == kVectors - 1;
    Vector first = hn::Zero(lanes);
    if (start == Start::bias || start == Start::sum_and_bias)
      first = last ? hn::MaskedLoad(mask, lanes, bias + v * kLanes) : hn::LoadU(lanes, bias + v * kLanes);
    HWY_UNROLL(8)
    for (int r = 0; r < kRows; ++r) {
      sums[r][v] = first;
      if (start == Start::sum || start == Start::sum_and_bias) {
        const float* const place = c + r * p.c_row + v * kLanes;
        sums[r][v] = hn::Add(first, last ? hn::MaskedLoad(mask, lanes, place) : hn::LoadU(lanes, place));
      }
    }
  }
  for (std::int64_t k = 0; k < depth; ++k) {
    Vector row[kVectors];
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      const bool last = kMasked && v == kVectors - 1;
      row[v] = last ? hn::MaskedLoad(mask, lanes, b + v * kLanes) : hn::LoadU(lanes, b + v * kLanes);
    }
    HWY_UNROLL(8)
    for (int r = 0; r < kRows; ++r) {
      const Vector factor = hn::Set(lanes, a[r * p.a_row]);
      HWY_UNROLL(8)
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(factor, row[v], sums[r][v]);
    }
    a += p.a_column;
    b += b_row;
  }
  HWY_UNROLL(8)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) {
      float* const place = c + r * p.c_row + v * kLanes;
      if (kMasked && v == kVectors - 1) {
        store_first(sums[r][v], mask, lanes, place);
      } else {
        hn::StoreU(sums[r][v], lanes, place);
      }
    }
  }
}

/// All rows of C for one stretch of columns.
template <int kVectors, bool kMasked>
HWY_NOINLINE void columns(const ProductArgs& p, const float* a, const float* b, std::int64_t b_row, std::int64_t depth,
                          Start start, const float* bias, float* c, std::int64_t column_count) {
  const hn::Mask<Lanes> mask = hn::FirstN(Lanes(), static_cast<std::size_t>(column_count - (kVectors - 1) * kLanes));
  std::int64_t left = p.rows;
  for (; left >= kTileRows; left -= kTileRows) {
    tile<kTileRows, kVectors, kMasked>(p, a, b, b_row, depth, start, bias, c, mask);
    a += p.a_tile;
    c += kTileRows * p.c_row;
  }
  switch (left) {
    case 5:
      tile<5, kVectors, kMasked>(p, a, b, b_row, depth, start, bias, c, mask);
      break;
    case 4:
      tile<4, kVectors, kMasked>(p, a, b, b_row, depth, start, bias, c, mask);
      break;
    case 3:
      tile<3, kVectors, kMasked>(p, a, b, b_row, depth, start, bias, c, mask);
      break;
    case 2:
      tile<2, kVectors, kMasked>(p, a, b, b_row, depth, start, bias, c, mask);
      break;
    case 1:
      tile<1, kVectors, kMasked>(p, a, b, b_row, depth, start, bias, c, mask);
      break;
    default:
      break;
  }
}

using Columns = void(const ProductArgs&, const float*, const float*, std::int64_t, std::int64_t, Start, const float*,
                     float*, std::int64_t);

template <bool kMasked>
HWY_INLINE Columns* columns_of(std::int64_t vectors) {
  switch (vectors) {
    case 1:
      return columns<1, kMasked>;
    case 2:
      return columns<2, kMasked>;
#if SEEDSCAPE_HAS_32_REGISTERS
    case 3:
      return columns<3, kMasked>;
    default:
      return columns<4, kMasked>;
#else
    default:
      return columns<2, kMasked>;
#endif
  }
}

/// A stretch of columns of B, side by side in memory: rows of a wide matrix lie pages apart.
HWY_INLINE void pack_columns(const float* HWY_RESTRICT b, std::int64_t b_row, std::int64_t depth, std::int64_t count,
                             float* HWY_RESTRICT packed) {
  const Lanes lanes;
  for (std::int64_t k = 0; k < depth; ++k) {
    for (std::int64_t j = 0; j < count; j += kLanes) hn::StoreU(hn::LoadU(lanes, b + j), lanes, packed + j);
    b += b_row;
    packed += kTileColumns;
  }
}

/// Rows of a transposed A, tile by tile: [tile][depth][kTileRows].
HWY_INLINE void pack_rows(const float* HWY_RESTRICT a, std::int64_t a_column, std::int64_t rows, std::int64_t depth,
                          std::int64_t a_tile, float* HWY_RESTRICT packed) {
  const std::int64_t whole = rows / kTileRows * kTileRows;
  for (std::int64_t k = 0; k < depth; ++k) {
    const float* const column = a + k * a_column;
    float* place = packed + k * kTileRows;
    for (std::int64_t r = 0; r < whole; r += kTileRows) {
      std::memcpy(place, column + r, kTileRows * sizeof(float));  // of a size that the compiler knows
      place += a_tile;
    }
    std::copy(column + whole, column + rows, place);
  }
}

/// Whether lines that lie `stride` floats apart compete for so few sets of a first-level cache that `lines` of them
/// would drive each other out. The cache is x86's 32 KiB or, not measured, the 64 KiB of Neoverse cores.
HWY_INLINE bool collide(std::int64_t stride, std::int64_t lines) {
  constexpr std::int64_t kLine = 16, kSets = HWY_ARCH_ARM_A64 ? 256 : 64, kWays = HWY_ARCH_ARM_A64 ? 4 : 8;
  const std::int64_t sets = stride % kLine == 0 ? kSets / std::gcd(stride / kLine, kSets) : kSets;
  return lines > sets * kWays / 2;
}

/// C = start + A B for a block of rows and depth, over all columns.
HWY_NOINLINE void block(const ProductArgs& p, bool pack_b, float* HWY_RESTRICT packed_b) {
  for (std::int64_t j = 0; j < p.columns; j += kTileColumns) {
    const std::int64_t count = std::min(kTileColumns, p.columns - j);
    const std::int64_t vectors = (count + kLanes - 1) / kLanes;
    const bool masked = count % kLanes != 0;
    const float* b = p.b + j;
    std::int64_t b_row = p.b_row;
    if (pack_b && !masked) {
      pack_columns(b, b_row, p.depth, count, packed_b);
      b = packed_b;
      b_row = kTileColumns;
    }
    (masked ? columns_of<true>(vectors) : columns_of<false>(vectors))(
        p, p.a, b, b_row, p.depth, p.start, p.bias == nullptr ? nullptr : p.bias + j, p.c + j, count);
  }
}

HWY_NOINLINE void product(const ProductArgs& p) {
  constexpr std::int64_t kFarApart = 512;    // floats: every row is on a page of its own, or nearly
  constexpr std::int64_t kWorthPacking = 4;  // times that a packed number is read again
  HWY_ALIGN float packed_b[kDepthBlock * kTileColumns];
  HWY_ALIGN float packed_a[(kDepthBlock + 16) * kRowBlock];
  for (std::int64_t k = 0; k < p.depth; k += kDepthBlock) {
    ProductArgs part = p;
    part.depth = std::min(kDepthBlock, p.depth - k);
    part.start = k == 0 ? p.start : Start::sum;
    part.b = p.b + k * p.b_row;
    const bool pack_b = p.rows >= kWorthPacking * kTileRows &&
                        (p.b_row >= kFarApart || collide(p.b_row, part.depth * ((kTileColumns + 15) / 16)));
    const bool pack_a = p.a_column != 1 && p.columns >= kWorthPacking * kTileColumns &&
                        (p.a_column >= kFarApart || collide(p.a_column, part.depth));
    for (std::int64_t r = 0; r < p.rows; r += kRowBlock) {
      part.rows = std::min(kRowBlock, p.rows - r);
      part.c = p.c + r * p.c_row;
      part.a = p.a + r * p.a_row + k * p.a_column;
      if (pack_a) {
        part.a_tile = kTileRows * part.depth + 16;  // not a multiple of the cache's sets
        pack_rows(part.a, p.a_column, part.rows, part.depth, part.a_tile, packed_a);
        part.a = packed_a;
        part.a_row = 1;
        part.a_column = kTileRows;
      } else {
        part.a_tile = kTileRows * p.a_row;
      }
      block(part, pack_b, packed_b);
    }
  }
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
