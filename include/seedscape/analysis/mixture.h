#pragma once
// A sample as a mixture of normal groups, with the shares of seeds that sit at exactly 0 and exactly 1 apart.

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace seedscape {

struct NormalPart {
  double weight = 0;  // of the whole sample
  double mean = 0, deviation = 0;
};

inline constexpr std::size_t kMostParts = 3;

struct Mixture {
  double at_zero = 0, at_one = 0;                       // weights of the point masses; 0 where the sample may have none
  std::vector<NormalPart> parts{};                      // of the number of parts with the least BIC, by ascending mean
  std::array<std::optional<double>, kMostParts> bic{};  // with 1, 2, 3 parts; nothing with fewer values than parts
};

/// Fits 1 to kMostParts normal parts by maximum likelihood to what lies strictly between the point masses and keeps the
/// number that makes BIC = -2 log L + (parameters) log n least. Each number of parts starts from quantiles and from the
/// split with the least squares; the better end counts (EM, until an iteration adds less than kLeastGain to log L or
/// after kMostIterations).
///
/// Requires: `sorted` ascending and not empty; least_deviation > 0, below which no part narrows
/// Edge:     nothing between the point masses -> no parts and no BIC;  has_masses false -> at_zero = at_one = 0
/// Source:   Dempster, Laird and Rubin 1977; Schwarz 1978
Mixture fit_mixture(std::span<const double> sorted, bool has_masses, double least_deviation);
inline constexpr double kLeastGain = 1e-6;
inline constexpr int kMostIterations = 500;

}  // namespace seedscape
