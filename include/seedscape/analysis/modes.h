#pragma once
// The peaks of a sample's density and the valley between them.

#include <optional>
#include <span>
#include <vector>

namespace seedscape {

struct Mode {
  double at = 0;
  double height = 0;  // density
  double share = 0;   // of the sample, between the valleys to either side
};

struct Modes {
  std::vector<Mode> peaks;           // ascending
  std::optional<double> antimode{};  // lowest point between the two peaks with the largest shares
};

/// Peaks of the Gaussian kernel density estimate on the grid of gaussian_kde. A peak with less than kLeastShare of the
/// sample counts with its neighbour across the shallower valley.
///
/// Requires: `sorted` ascending and not empty
/// Edge:     constant sample -> one peak there, of infinite height
Modes find_modes(std::span<const double> sorted);
inline constexpr double kLeastShare = 0.05;

/// Sarle's bimodality coefficient, (g1^2 + 1) / (g2 + 3 (n-1)^2 / ((n-2)(n-3))) with the sample's skewness g1 and
/// excess kurtosis g2, both corrected for bias. 1/3 for a normal sample, 5/9 for a uniform one, 1 for two values.
///
/// Edge:   fewer than four values, or a constant sample -> nothing
/// Source: SAS/STAT User's Guide, the CLUSTER procedure
std::optional<double> bimodality_coefficient(std::span<const double> sample);

}  // namespace seedscape
