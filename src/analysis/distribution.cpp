#include "seedscape/analysis/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "seedscape/base/parallel.h"
#include "seedscape/base/rng.h"

namespace seedscape {

double mean(std::span<const double> sample) {
  double sum = 0;
  for (const double value : sample) sum += value - sample[0];
  return sample[0] + sum / static_cast<double>(sample.size());
}

double quantile(std::span<const double> sorted, double q) {
  const double index = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(index);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (index - static_cast<double>(below));
}

double median(std::span<const double> sorted) { return quantile(sorted, 0.5); }

std::vector<double> unit_edges(std::int64_t bins) {
  std::vector<double> edges;
  for (std::int64_t i = 0; i <= bins; ++i) edges.push_back(static_cast<double>(i) / static_cast<double>(bins));
  return edges;
}

std::vector<double> edges_between(double low, double high, std::int64_t bins) {
  const double step = (high - low) / static_cast<double>(bins);
  std::vector<double> edges;
  for (std::int64_t i = 0; i < bins; ++i) edges.push_back(low + static_cast<double>(i) * step);
  edges.push_back(high);
  return edges;
}

std::vector<std::int64_t> histogram(std::span<const double> sample, std::span<const double> edges) {
  std::vector<std::int64_t> counts(edges.size() - 1);
  // The first and the last edge bound nothing: whatever is left of edge 1 is in bin 0.
  const auto inner = edges.subspan(1, edges.size() - 2);
  for (const double value : sample) {
    const auto right_edge = std::upper_bound(inner.begin(), inner.end(), value);
    ++counts[static_cast<std::size_t>(right_edge - inner.begin())];
  }
  return counts;
}

double histogram_mode(std::span<const std::int64_t> counts, std::span<const double> edges) {
  const auto fullest = std::max_element(counts.begin(), counts.end());  // the first of equals
  const auto bin = static_cast<std::size_t>(fullest - counts.begin());
  return edges[bin] + (edges[bin + 1] - edges[bin]) / 2;
}

KernelDensity gaussian_kde(std::span<const double> sample) {
  const auto ends = std::minmax_element(sample.begin(), sample.end());
  const double low = *ends.first, high = *ends.second;
  const double centre = mean(sample), n = static_cast<double>(sample.size());
  double squares = 0;
  for (const double value : sample) squares += (value - centre) * (value - centre);
  if (squares == 0) return {{low}, {std::numeric_limits<double>::infinity()}};
  const double bandwidth = std::sqrt(squares / (n - 1)) * std::pow(n, -0.2);
  const double scale = 1 / (n * bandwidth * std::sqrt(2 * std::numbers::pi));

  // Scores are counts of solved problems, so many are equal.
  std::vector<std::pair<double, double>> atoms;  // value, how many of them
  for (const double value : sample) {
    if (atoms.empty() || atoms.back().first != value) atoms.emplace_back(value, 0);
    ++atoms.back().second;
  }
  KernelDensity kde{std::vector<double>(kKdeGrid), std::vector<double>(kKdeGrid)};
  in_parts(kKdeGrid, kKdeGrid * atoms.size() * 5, [&](std::size_t begin, std::size_t end) {
    for (std::size_t g = begin; g < end; ++g) {
      const double x = low + (high - low) * static_cast<double>(g) / (kKdeGrid - 1);
      double density = 0;
      for (const auto& [value, count] : atoms) {
        const double z = (x - value) / bandwidth;
        density += count * std::exp(-0.5 * z * z);
      }
      kde.at[g] = x;
      kde.density[g] = density * scale;
    }
  });
  return kde;
}

double gaussian_kde_mode(std::span<const double> sample) {
  const KernelDensity kde = gaussian_kde(sample);
  std::size_t mode = 0;
  for (std::size_t g = 1; g < kde.at.size(); ++g) {
    // Mirror images reach equal heights but for rounding, which must not decide.
    if (kde.density[g] > kde.density[mode] * (1 + 1e-12)) mode = g;
  }
  return kde.at[mode];
}

double half_sample_mode(std::span<const double> sorted) {
  while (sorted.size() > 3) {
    const std::size_t half = (sorted.size() + 1) / 2;
    std::size_t densest = 0;
    for (std::size_t i = 1; i + half <= sorted.size(); ++i) {
      if (sorted[i + half - 1] - sorted[i] < sorted[densest + half - 1] - sorted[densest]) densest = i;
    }
    sorted = sorted.subspan(densest, half);
  }
  if (sorted.size() == 3) {
    const double below = sorted[1] - sorted[0], above = sorted[2] - sorted[1];
    if (below == above) return sorted[1];
    sorted = sorted.subspan(below < above ? 0 : 1, 2);
  }
  return mean(sorted);
}

Interval wilson_interval(std::int64_t count, std::int64_t n, double level) {
  const double z = normal_quantile(0.5 + level / 2);
  const double trials = static_cast<double>(n), p = static_cast<double>(count) / trials;
  const double scale = 1 + z * z / trials;
  const double centre = (p + z * z / (2 * trials)) / scale;
  const double half_width = z * std::sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / scale;
  return {count == 0 ? 0.0 : centre - half_width, count == n ? 1.0 : centre + half_width};
}

Interval newcombe_interval(std::int64_t count_a, std::int64_t n_a, std::int64_t count_b, std::int64_t n_b,
                           double level) {
  const Interval a = wilson_interval(count_a, n_a, level), b = wilson_interval(count_b, n_b, level);
  const double share_a = static_cast<double>(count_a) / static_cast<double>(n_a);
  const double share_b = static_cast<double>(count_b) / static_cast<double>(n_b);
  return {share_a - share_b - std::hypot(share_a - a.low, b.high - share_b),
          share_a - share_b + std::hypot(a.high - share_a, share_b - b.low)};
}

}  // namespace seedscape
