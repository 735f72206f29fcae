#include "seedscape/base/random_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "philox_constants.h"
#include "seedscape/base/instruction_sets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/random_words.cpp"
#include <hwy/foreach_target.h>  // includes this file once for each

#include "seedscape/base/highway-inl.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

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

/// philox(key, counter), and of the counters that follow. Plain arrays: a struct of vectors would have a constructor,
/// which g++ does not compile for the instruction set.
HWY_INLINE void philox_batch(std::uint64_t key, const PhiloxBlock& counter, std::uint32_t* words) {
  Words c0[kVectors], c1[kVectors], c2[kVectors], c3[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) {
    c0[v] = all(counter[0]);
    c1[v] = all(counter[1]);
    c2[v] = all(counter[2]);
    c3[v] = hn::Iota(Lanes(), counter[3] + v * kLanes);
  }
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < kPhiloxRounds; ++round) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Words p0 = product(c0[v], all(kPhiloxFactor0)), p1 = product(c2[v], all(kPhiloxFactor1));
      c0[v] = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1[v]), all(k0));
      c1[v] = p1;
      c2[v] = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3[v]), all(k1));
      c3[v] = p0;
    }
    k0 += kPhiloxKeyStep0;
    k1 += kPhiloxKeyStep1;
  }
  std::array<std::uint64_t, kBatch / 2> pairs;
  for (std::size_t v = 0; v < kVectors; ++v)
    store_pairs(joined(c0[v], c1[v]), joined(c2[v], c3[v]), Lanes(), pairs.data() + v * 2 * kLanes);
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
