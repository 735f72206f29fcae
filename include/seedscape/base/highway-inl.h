// Highway, from version 0.16 of Ubuntu 22.04 on, with what later versions brought. Compiled once for each instruction
// set.

#if defined(SEEDSCAPE_HIGHWAY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_HIGHWAY_INL_H_
#undef SEEDSCAPE_HIGHWAY_INL_H_
#else
#define SEEDSCAPE_HIGHWAY_INL_H_
#endif

#include <cstring>

#include <hwy/highway.h>

#ifndef HWY_UNROLL
#define SEEDSCAPE_PRAGMA(text) _Pragma(#text)
#define HWY_UNROLL(factor) SEEDSCAPE_PRAGMA(GCC unroll factor)
#endif

#undef SEEDSCAPE_HAS_32_REGISTERS  // for vectors
#define SEEDSCAPE_HAS_32_REGISTERS (HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64)

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Stores the lanes in `mask`, which are the first ones; the memory of the others stays as it is.
template <class D>
HWY_INLINE void store_first(hn::Vec<D> v, hn::Mask<D> mask, D lanes, hn::TFromD<D>* p) {
#if HWY_MAJOR > 0
  hn::BlendedStore(v, mask, lanes, p);
#else
  HWY_ALIGN hn::TFromD<D> all[hn::MaxLanes(D())];
  hn::Store(v, lanes, all);
  std::memcpy(p, all, hn::CountTrue(lanes, mask) * sizeof *p);
#endif
}

/// a[0], b[0], a[1], b[1], ..
template <class D>
HWY_INLINE void store_pairs(hn::Vec<D> a, hn::Vec<D> b, D lanes, hn::TFromD<D>* p) {
#if HWY_MAJOR > 0
  hn::StoreInterleaved2(a, b, lanes, p);
#else
  HWY_ALIGN hn::TFromD<D> first[hn::MaxLanes(D())], second[hn::MaxLanes(D())];
  hn::Store(a, lanes, first);
  hn::Store(b, lanes, second);
  for (std::size_t i = 0; i < hn::MaxLanes(D()); ++i) {
    p[2 * i] = first[i];
    p[2 * i + 1] = second[i];
  }
#endif
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
