#pragma once
// Every random draw of the program: a counter-based stream, a pure function of its four coordinates.

#include <array>
#include <cstdint>

namespace seedscape {

/// What a stream of draws is for; the first word of the counter. The values are part of the numerics contract.
enum class Purpose : std::uint32_t {
  initial_weights = 1,
  training_data = 2,
  evaluation_data = 3,
  resampling = 4,
  training_lines = 5,
  test_context = 6,
  // Of the analysis:
  dip_null = 16,
  smoothed_resampling = 17,
  split_halves = 18,
  permutation = 19,
  seeds_needed = 20,
};

using PhiloxBlock = std::array<std::uint32_t, 4>;

/// One block of Philox4x32-10 (Salmon et al. 2011), the words as Random123 orders them.
///
/// Shapes: key = the low and the high half of a 64-bit seed; counter = (purpose, step, row, draw)
PhiloxBlock philox(std::uint64_t key, const PhiloxBlock& counter);

/// The draws at (seed, purpose, step, row), numbered 0, 1, 2, ... Four consecutive draws share one block, whose
/// counter word `draw` is their number / 4. Two streams that differ in any coordinate are independent; the
/// same coordinates give the same numbers on every machine.
class Rng {
 public:
  Rng(std::uint64_t seed, Purpose purpose, std::uint32_t step, std::uint32_t row);

  /// The next 32 uniform bits.
  std::uint32_t bits();

  /// A uniform integer in {0, ..., n-1} by multiply and shift.
  ///
  /// Requires: 1 <= n <= 2^32
  /// Edge:     each value's probability is off by less than 2^-32
  std::uint64_t below(std::uint64_t n);

  /// A uniform integer in {low, ..., high}, both included.
  std::int64_t between(std::int64_t low, std::int64_t high);

  /// A uniform number in the open interval (0, 1): (bits + 1/2) / 2^32, exact in double.
  double uniform();

  /// A standard normal number, Phi^-1(uniform()), from operations that IEEE 754 rounds correctly.
  double normal();

 private:
  std::uint64_t seed_;
  PhiloxBlock counter_;
  PhiloxBlock block_{};
  int used_ = 4;
};

/// Inverse of the standard normal distribution function, relative error about 1e-16, without libm.
///
/// Requires: 0 < p < 1
/// Source:   Wichura 1988, algorithm AS 241 (PPND16)
double normal_quantile(double p);

}  // namespace seedscape
