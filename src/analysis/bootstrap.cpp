#include "seedscape/analysis/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "seedscape/analysis/wasserstein.h"

namespace seedscape {

namespace {

/// Standard normal distribution function.
double normal_share(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// out[j] = sample[positions[j]]: ascending, because both are.
void pick(std::span<const double> sample, std::span<const std::uint32_t> positions, std::vector<double>& out) {
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = sample[positions[j]];
}

}  // namespace

Resamples::Resamples(std::uint64_t seed, std::size_t axis, std::size_t scale, std::int64_t count)
    : rng_(seed, Purpose::resampling, static_cast<std::uint32_t>(axis), static_cast<std::uint32_t>(scale)),
      count_(static_cast<std::size_t>(count)) {}

std::span<const std::uint32_t> Resamples::words(std::size_t n) {
  words_.reserve(count_ * n);
  while (words_.size() < count_ * n) words_.push_back(rng_.bits());
  return {words_.data(), count_ * n};
}

std::span<const std::uint32_t> Resamples::ascending_positions(std::size_t n) {
  std::vector<std::uint32_t>& positions = positions_[n];
  if (positions.size() == count_ * n) return positions;
  const auto drawn = words(n);
  positions.reserve(count_ * n);
  std::vector<std::uint32_t> times(n);  // that one resample picks each position: sorts by counting
  for (std::size_t r = 0; r < count_; ++r) {
    std::fill(times.begin(), times.end(), 0);
    for (const std::uint32_t word : drawn.subspan(r * n, n)) ++times[position(word, n)];
    for (std::uint32_t i = 0; i < n; ++i) positions.insert(positions.end(), times[i], i);
  }
  return positions;
}

Interval percentile_interval(std::vector<double> statistics, double level) {
  std::sort(statistics.begin(), statistics.end());
  return {quantile(statistics, (1 - level) / 2), quantile(statistics, (1 + level) / 2)};
}

std::vector<double> resampled_means(std::span<const double> sorted, Resamples& resamples) {
  const std::size_t n = sorted.size();
  const auto words = resamples.words(n);
  std::vector<double> means(resamples.count());
  for (std::size_t r = 0; r < means.size(); ++r) {
    double sum = 0;  // of deviations from the least value, so that a constant sample stays exact
    for (const std::uint32_t word : words.subspan(r * n, n)) sum += sorted[Resamples::position(word, n)] - sorted[0];
    means[r] = sorted[0] + sum / static_cast<double>(n);
  }
  return means;
}

Interval bca_interval(std::vector<double> statistics, double estimate, double acceleration, double level) {
  std::sort(statistics.begin(), statistics.end());
  const auto equal = std::equal_range(statistics.begin(), statistics.end(), estimate);
  const double count = static_cast<double>(statistics.size());
  const double below =
      (static_cast<double>(equal.first - statistics.begin()) + static_cast<double>(equal.second - statistics.begin())) /
      2;
  const double bias = normal_quantile(std::clamp(below, 0.5, count - 0.5) / count);
  const auto end = [&](double p) {
    const double z = bias + normal_quantile(p);
    return quantile(statistics, normal_share(bias + z / (1 - acceleration * z)));
  };
  return {end((1 - level) / 2), end((1 + level) / 2)};
}

double mean_acceleration(std::span<const double> sample) {
  const double centre = mean(sample);
  double squares = 0, cubes = 0;
  for (const double value : sample) {
    const double d = value - centre;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares == 0 ? 0 : cubes / (6 * std::pow(squares, 1.5));
}

Interval wasserstein2_interval(std::span<const double> sorted, Resamples& resamples, std::span<const double> reference,
                               Resamples& reference_resamples, double level) {
  const std::size_t n = sorted.size(), m = reference.size();
  const auto positions = resamples.ascending_positions(n);
  const auto reference_positions = reference_resamples.ascending_positions(m);
  std::vector<double> a(n), b(m), distances(resamples.count());
  for (std::size_t r = 0; r < distances.size(); ++r) {
    pick(sorted, positions.subspan(r * n, n), a);
    pick(reference, reference_positions.subspan(r * m, m), b);
    distances[r] = wasserstein2(a, b);
  }
  return percentile_interval(std::move(distances), level);
}

std::vector<double> split_half_distances(std::span<const double> sorted, Rng rng, std::int64_t count) {
  std::vector<double> distances(static_cast<std::size_t>(count)), first, second;
  for (double& distance : distances) {
    first.clear();
    second.clear();
    // Of the values left, as many as the first half still lacks are chosen, each equally likely; both stay ascending.
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const bool is_chosen = rng.below(sorted.size() - i) < sorted.size() / 2 - first.size();
      (is_chosen ? first : second).push_back(sorted[i]);
    }
    distance = wasserstein2(first, second);
  }
  return distances;
}

}  // namespace seedscape
