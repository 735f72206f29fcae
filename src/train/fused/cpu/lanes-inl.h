// Vectors of floats and loops over rows of any length. Compiled once for each instruction set (see operations.cpp).

#if defined(SEEDSCAPE_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_LANES_INL_H_
#undef SEEDSCAPE_LANES_INL_H_
#else
#define SEEDSCAPE_LANES_INL_H_
#endif

#include <cstdint>

#include "seedscape/base/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;
using Mask = hn::Mask<Lanes>;
constexpr std::int64_t kLanes = static_cast<std::int64_t>(hn::MaxLanes(Lanes()));

/// A full vector of a row.
struct Full {
  HWY_INLINE Vector load(const float* p) const { return hn::LoadU(Lanes(), p); }
  HWY_INLINE Vector load_or(const float* p, Vector) const { return hn::LoadU(Lanes(), p); }
  HWY_INLINE Vector only(Vector v) const { return v; }
  HWY_INLINE void store(Vector v, float* p) const { hn::StoreU(v, Lanes(), p); }
};

/// The last vector of a row whose length is not a multiple of the lanes: what lies beyond reads as 0 and stays.
struct Part {
  Mask mask;
  HWY_INLINE Vector load(const float* p) const { return hn::MaskedLoad(mask, Lanes(), p); }
  HWY_INLINE Vector load_or(const float* p, Vector other) const {
    return hn::IfThenElse(mask, hn::MaskedLoad(mask, Lanes(), p), other);
  }
  HWY_INLINE Vector only(Vector v) const { return hn::IfThenElseZero(mask, v); }  // 0 beyond the row
  HWY_INLINE void store(Vector v, float* p) const { store_first(v, mask, Lanes(), p); }
};

/// body(access, i) for i = 0, kLanes, .. below n, where access is Full or Part.
template <class Body>
HWY_INLINE void for_vectors(std::int64_t n, const Body& body) {
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(Full(), i);
  if (i < n) body(Part{hn::FirstN(Lanes(), static_cast<std::size_t>(n - i))}, i);
}

HWY_INLINE Vector all(float value) { return hn::Set(Lanes(), value); }

/// e^x to about one unit in the last place for x up to 88; below -87.3 it stays at 1e-38, and NaN stays NaN.
/// x = n log 2 + r with |r| <= log(2) / 2, the polynomial of Cephes' expf in r, and n into the exponent's bits. Much
/// shorter than the library's, which also serves other ranges.
HWY_INLINE Vector exp_of(Vector x) {
  const Lanes lanes;
  const hn::RebindToSigned<Lanes> integers;
  const Vector magic = all(12582912.0f);  // 1.5 2^23: adding it rounds, and leaves n in the lowest bits
  const Vector clamped = hn::Max(all(-87.3f), x);
  const Vector shifted = hn::MulAdd(clamped, all(1.44269504f), magic), n = hn::Sub(shifted, magic);
  const Vector r = hn::NegMulAdd(n, all(-2.12194440e-4f), hn::NegMulAdd(n, all(0.693359375f), clamped));
  Vector polynomial = hn::MulAdd(r, all(1.9875691500e-4f), all(1.3981999507e-3f));
  polynomial = hn::MulAdd(r, polynomial, all(8.3334519073e-3f));
  polynomial = hn::MulAdd(r, polynomial, all(4.1665795894e-2f));
  polynomial = hn::MulAdd(r, polynomial, all(1.6666665459e-1f));
  polynomial = hn::MulAdd(r, polynomial, all(5.0000001201e-1f));
  polynomial = hn::MulAdd(hn::Mul(r, r), polynomial, hn::Add(r, all(1)));
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(integers, shifted));
  return hn::BitCast(lanes, hn::Add(hn::BitCast(integers, polynomial), exponent));
}

HWY_INLINE float sum_of(Vector v) { return hn::GetLane(hn::SumOfLanes(Lanes(), v)); }

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
