#include "seedscape/base/random_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "philox_constants.h"

// AVX2, and plain C++ for the rest.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3 | HWY_AVX3_DL)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/random_words.cpp"
#include <hwy/foreach_target.h>  // includes this file once for each
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// One block a lane, each of its words in the lower half of 64 bits, where a product finds it and leaves it; nothing
// looks at the upper halves.
using Lanes = hn::ScalableTag<std::uint64_t>;
using Words = hn::Vec<Lanes>;

constexpr std::size_t kVectors = 4;  // side by side, so that a product need not wait for the one before
constexpr std::size_t kLanes = hn::MaxLanes(Lanes());
constexpr std::size_t kBatch = 4 * kVectors * kLanes;  // words

HWY_INLINE Words all(std::uint32_t word) { return hn::Set(Lanes(), word); }

HWY_INLINE Words product(Words a, Words b) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(Lanes(), (hn::GetLane(a) & 0xFFFFFFFF) * (hn::GetLane(b) & 0xFFFFFFFF));
#else
  const hn::Repartition<std::uint32_t, Lanes> halves;
  return hn::MulEven(hn::BitCast(halves, a), hn::BitCast(halves, b));
#endif
}

/// Two words of each block, as they follow each other in memory.
HWY_INLINE Words joined(Words first, Words second) {
  return hn::Or(hn::And(first, all(0xFFFFFFFF)), hn::ShiftLeft<32>(second));
}

struct Blocks {
  Words c0, c1, c2, c3;
};

/// philox(key, counter), and of the counters that follow.
HWY_INLINE void philox_batch(std::uint64_t key, const PhiloxBlock& counter, std::uint32_t* words) {
  Blocks blocks[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v)
    blocks[v] = {all(counter[0]), all(counter[1]), all(counter[2]), hn::Iota(Lanes(), counter[3] + v * kLanes)};
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < kPhiloxRounds; ++round) {
    for (Blocks& c : blocks) {
      const Words p0 = product(c.c0, all(kPhiloxFactor0)), p1 = product(c.c2, all(kPhiloxFactor1));
      c = {hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c.c1), all(k0)), p1,
           hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c.c3), all(k1)), p0};
    }
    k0 += kPhiloxKeyStep0;
    k1 += kPhiloxKeyStep1;
  }
  std::array<std::uint64_t, kBatch / 2> pairs;
  for (std::size_t v = 0; v < kVectors; ++v) {
    const Blocks& c = blocks[v];
    hn::StoreInterleaved2(joined(c.c0, c.c1), joined(c.c2, c.c3), Lanes(), pairs.data() + v * 2 * kLanes);
  }
  std::memcpy(words, pairs.data(), sizeof pairs);
}

void fill(std::uint64_t seed, PhiloxBlock counter, std::size_t skipped, std::span<std::uint32_t> words) {
  std::array<std::uint32_t, kBatch> drawn;
  for (std::size_t done = 0; done < words.size(); skipped = 0, counter[3] += kBatch / 4) {
    const std::size_t taken = std::min(kBatch - skipped, words.size() - done);
    if (taken == kBatch) {
      philox_batch(seed, counter, words.data() + done);
    } else {
      philox_batch(seed, counter, drawn.data());
      std::copy_n(drawn.data() + skipped, taken, words.data() + done);
    }
    done += taken;
  }
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace seedscape {

HWY_EXPORT(fill);

void random_words(std::uint64_t seed, Purpose purpose, std::uint32_t step, std::uint32_t row, std::uint64_t first,
                  std::span<std::uint32_t> words) {
  const PhiloxBlock counter{static_cast<std::uint32_t>(purpose), step, row, static_cast<std::uint32_t>(first / 4)};
  HWY_DYNAMIC_DISPATCH(fill)(seed, counter, first % 4, words);
}

}  // namespace seedscape
#endif
