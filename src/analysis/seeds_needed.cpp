#include "seedscape/analysis/seeds_needed.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

constexpr double kTestLevel = 0.05;
constexpr double kRounding = 1e-9;  // of sums that should be equal

/// About a factor of sqrt(2) apart.
constexpr std::array<std::int64_t, 13> kSeedNumbers{8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, kMostSeeds};

double draw(std::span<const double> sorted, bool has_lattice, Rng& rng) {
  return has_lattice ? sorted[rng.below(sorted.size())] : quantile(sorted, rng.uniform());
}

}  // namespace

PowerCurve seeds_for_two_modes(std::span<const double> sorted, std::optional<std::int64_t> steps, Rng rng,
                               std::int64_t count, DipNulls& nulls) {
  PowerCurve curve;
  for (const std::int64_t n : kSeedNumbers) {
    std::vector<double> sample(static_cast<std::size_t>(n));
    std::int64_t found = 0;
    for (std::int64_t r = 0; r < count; ++r) {
      for (double& score : sample) score = draw(sorted, steps.has_value(), rng);
      std::ranges::sort(sample);
      if (dip_test(sample, steps, nulls).p < kTestLevel) ++found;
    }
    const double power = static_cast<double>(found) / static_cast<double>(count);
    if (power >= kPower) {
      const double n_before = curve.seeds.empty() ? 0 : static_cast<double>(curve.seeds.back());
      const double power_before = curve.seeds.empty() ? power : curve.power.back();
      const double part = power > power_before ? (kPower - power_before) / (power - power_before) : 1;
      curve.needed = std::llround(std::ceil(n_before + part * (static_cast<double>(n) - n_before)));
    }
    curve.seeds.push_back(n);
    curve.power.push_back(power);
    if (curve.needed) break;
  }
  return curve;
}

std::int64_t seeds_for_share(double fraction, double half_width, double level) {
  const double z = normal_quantile(0.5 + level / 2);
  const auto reach = [&](double n) {
    return z * std::sqrt(fraction * (1 - fraction) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  };
  std::int64_t low = 0, high = 1;  // too few, enough
  while (reach(static_cast<double>(high)) > half_width) high *= 2;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (reach(static_cast<double>(middle)) > half_width ? low : high) = middle;
  }
  return high;
}

std::optional<std::int64_t> seeds_to_rank(std::span<const double> a, std::span<const double> b, Rng draws_a,
                                          Rng draws_b, std::int64_t count) {
  const double sign = mean(b) - mean(a) > 0 ? 1 : -1;
  if (mean(a) == mean(b)) return std::nullopt;
  std::vector<double> right(kMostSeeds);  // draws with the right order after 1, 2, ... seeds
  for (std::int64_t r = 0; r < count; ++r) {
    double difference = 0;
    for (double& times : right) {
      difference += b[draws_b.below(b.size())] - a[draws_a.below(a.size())];
      times += std::abs(difference) <= kRounding ? 0.5 : difference * sign > 0 ? 1 : 0;
    }
  }
  std::int64_t needed = kMostSeeds;
  while (needed > 0 && right[static_cast<std::size_t>(needed - 1)] >= kRankedRight * static_cast<double>(count))
    --needed;
  return needed == kMostSeeds ? std::nullopt : std::optional(needed + 1);
}

}  // namespace seedscape
