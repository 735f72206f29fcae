#include "seedscape/analysis/silverman.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

constexpr double kReach = 8;  // bandwidths after which a kernel has ended

/// Equally spaced points on which densities are compared.
class Grid {
 public:
  Grid(double low, double high) : low_(low), step_((high - low) / (kBandwidthGrid - 1)), mass_(kBandwidthGrid) {}

  double step() const { return step_; }

  void clear() { std::ranges::fill(mass_, 0.0); }

  /// Splits a value between the two points around it; beyond the ends it counts at the end.
  void add(double value) {
    const double place = std::clamp((value - low_) / step_, 0.0, kBandwidthGrid - 1.0);
    const auto below = std::min(static_cast<std::size_t>(place), mass_.size() - 2);
    const double part = place - static_cast<double>(below);
    mass_[below] += 1 - part;
    mass_[below + 1] += part;
  }

  /// A Gaussian kernel at whole steps from its centre.
  std::vector<double> kernel(double bandwidth) const {
    const auto reach = std::min<std::size_t>(mass_.size() - 1, static_cast<std::size_t>(kReach * bandwidth / step_));
    std::vector<double> weights(reach + 1);
    for (std::size_t i = 0; i <= reach; ++i) {
      const double z = static_cast<double>(i) * step_ / bandwidth;
      weights[i] = std::exp(-0.5 * z * z);
    }
    return weights;
  }

  bool has_one_peak(std::span<const double> kernel) const {
    std::vector<double> density(mass_.size());
    for (std::size_t i = 0; i < mass_.size(); ++i) {
      if (mass_[i] == 0) continue;
      density[i] += mass_[i] * kernel[0];
      const std::size_t left = std::min(i, kernel.size() - 1),
                        right = std::min(density.size() - 1 - i, kernel.size() - 1);
      for (std::size_t d = 1; d <= left; ++d) density[i - d] += mass_[i] * kernel[d];
      for (std::size_t d = 1; d <= right; ++d) density[i + d] += mass_[i] * kernel[d];
    }
    const double rounding = 1e-12 * *std::ranges::max_element(density);
    bool has_fallen = false;
    for (std::size_t i = 1; i < density.size(); ++i) {
      if (density[i] < density[i - 1] - rounding) has_fallen = true;
      if (density[i] > density[i - 1] + rounding && has_fallen) return false;
    }
    return true;
  }

 private:
  double low_, step_;
  std::vector<double> mass_;
};

}  // namespace

double critical_bandwidth(std::span<const double> sorted) {
  const double range = sorted.back() - sorted.front();
  if (range == 0) return 0;
  Grid grid(sorted.front(), sorted.back());
  for (const double value : sorted) grid.add(value);
  double low = grid.step(), high = range;  // at the range every sample has one peak
  if (grid.has_one_peak(grid.kernel(low))) return low;
  while (high > low * 1.001) {
    const double middle = std::sqrt(low * high);
    (grid.has_one_peak(grid.kernel(middle)) ? high : low) = middle;
  }
  return high;
}

SilvermanTest silverman_test(std::span<const double> sorted, std::optional<std::int64_t> steps, Rng rng,
                             std::int64_t count) {
  const double h = critical_bandwidth(sorted), centre = mean(sorted);
  if (h == 0) return {};
  double variance = 0;
  for (const double x : sorted) variance += (x - centre) * (x - centre) / static_cast<double>(sorted.size());
  const double scale = 1 / std::sqrt(1 + h * h / variance);
  Grid grid(sorted.front() - 4 * h, sorted.back() + 4 * h);
  const auto kernel = grid.kernel(h);
  std::int64_t reached = 0;
  for (std::int64_t r = 0; r < count; ++r) {
    grid.clear();
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const double x = sorted[rng.below(sorted.size())];
      double y = centre + (x - centre + h * rng.normal()) * scale;
      if (steps) y = std::round(y * static_cast<double>(*steps)) / static_cast<double>(*steps);
      grid.add(y);
    }
    if (!grid.has_one_peak(kernel)) ++reached;
  }
  return {h, static_cast<double>(1 + reached) / static_cast<double>(1 + count)};
}

}  // namespace seedscape
