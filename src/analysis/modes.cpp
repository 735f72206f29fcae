#include "seedscape/analysis/modes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

/// Grid points of peaks and, between each two of them, of the lowest point: peak, valley, peak, ... peak.
struct Terrain {
  std::vector<std::size_t> peaks, valleys;
};

Terrain survey(std::span<const double> density) {
  Terrain terrain;
  std::size_t lowest = 0;  // since the last peak
  for (std::size_t i = 0; i < density.size(); ++i) {
    if (density[i] < density[lowest]) lowest = i;
    // Rounding must not make a peak of a plateau.
    const double least_rise = 1e-12 * density[i];
    const bool rose = i == 0 || density[i] > density[i - 1] + least_rise;
    const bool falls = i + 1 == density.size() || density[i + 1] <= density[i] + least_rise;
    if (!rose || !falls) continue;
    if (!terrain.peaks.empty()) terrain.valleys.push_back(lowest);
    terrain.peaks.push_back(i);
    lowest = i;
  }
  return terrain;
}

/// How much of the sample lies between the valleys around peak p.
double share(const Terrain& terrain, std::size_t p, std::span<const double> at, std::span<const double> sorted) {
  const auto rank = [&](std::size_t valley) { return std::ranges::upper_bound(sorted, at[terrain.valleys[valley]]); };
  const auto first = p == 0 ? sorted.begin() : rank(p - 1);
  const auto last = p == terrain.valleys.size() ? sorted.end() : rank(p);
  return static_cast<double>(last - first) / static_cast<double>(sorted.size());
}

/// Joins peak p with its neighbour across the shallower valley.
void join(Terrain& terrain, std::size_t p, std::span<const double> density) {
  const auto height = [&](std::size_t valley) { return density[terrain.valleys[valley]]; };
  const bool left = p == terrain.valleys.size() || (p > 0 && height(p - 1) >= height(p));
  terrain.valleys.erase(terrain.valleys.begin() + static_cast<std::ptrdiff_t>(left ? p - 1 : p));
  terrain.peaks.erase(terrain.peaks.begin() + static_cast<std::ptrdiff_t>(p));
}

}  // namespace

Modes find_modes(std::span<const double> sorted) {
  const KernelDensity kde = gaussian_kde(sorted);
  if (kde.at.size() == 1) return {.peaks = {{kde.at[0], kde.density[0], 1}}};
  Terrain terrain = survey(kde.density);
  for (std::size_t p = 0; p < terrain.peaks.size() && terrain.peaks.size() > 1;) {
    if (share(terrain, p, kde.at, sorted) >= kLeastShare) {
      ++p;
    } else {
      join(terrain, p, kde.density);
      p = 0;
    }
  }
  Modes modes;
  std::size_t largest = 0, second = 1;  // by share
  for (std::size_t p = 0; p < terrain.peaks.size(); ++p) {
    const std::size_t at = terrain.peaks[p];
    modes.peaks.push_back({kde.at[at], kde.density[at], share(terrain, p, kde.at, sorted)});
  }
  if (modes.peaks.size() < 2) return modes;
  const auto has_more = [&](std::size_t a, std::size_t b) { return modes.peaks[a].share > modes.peaks[b].share; };
  if (has_more(second, largest)) std::swap(largest, second);
  for (std::size_t p = 2; p < modes.peaks.size(); ++p) {
    if (has_more(p, largest)) {
      second = std::exchange(largest, p);
    } else if (has_more(p, second)) {
      second = p;
    }
  }
  const auto [first, last] = std::minmax(largest, second);
  const auto valley = std::ranges::min_element(terrain.valleys.begin() + static_cast<std::ptrdiff_t>(first),
                                               terrain.valleys.begin() + static_cast<std::ptrdiff_t>(last), {},
                                               [&](std::size_t i) { return kde.density[i]; });
  modes.antimode = kde.at[*valley];
  return modes;
}

std::optional<double> bimodality_coefficient(std::span<const double> sample) {
  if (sample.size() < 4) return std::nullopt;
  const double n = static_cast<double>(sample.size()), centre = mean(sample);
  double second = 0, third = 0, fourth = 0;
  for (const double value : sample) {
    const double d = value - centre;
    second += d * d / n;
    third += d * d * d / n;
    fourth += d * d * d * d / n;
  }
  if (second == 0) return std::nullopt;
  const double skewness = third / std::pow(second, 1.5) * std::sqrt(n * (n - 1)) / (n - 2);
  const double kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (fourth / (second * second) - 3) + 6);
  return (skewness * skewness + 1) / (kurtosis + 3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3)));
}

}  // namespace seedscape
