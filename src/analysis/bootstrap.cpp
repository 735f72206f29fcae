#include "seedscape/analysis/bootstrap.h"

#include <algorithm>

#include "seedscape/analysis/wasserstein.h"

namespace seedscape {

namespace {

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
  if (positions_n_ == n) return positions_;
  const auto drawn = words(n);
  positions_.clear();
  positions_.reserve(count_ * n);
  std::vector<std::uint32_t> times(n);  // that one resample picks each position: sorts by counting
  for (std::size_t r = 0; r < count_; ++r) {
    std::fill(times.begin(), times.end(), 0);
    for (const std::uint32_t word : drawn.subspan(r * n, n)) ++times[position(word, n)];
    for (std::uint32_t i = 0; i < n; ++i) positions_.insert(positions_.end(), times[i], i);
  }
  positions_n_ = n;
  return positions_;
}

Interval percentile_interval(std::vector<double> statistics, double level) {
  std::sort(statistics.begin(), statistics.end());
  return {quantile(statistics, (1 - level) / 2), quantile(statistics, (1 + level) / 2)};
}

Interval mean_interval(std::span<const double> sorted, Resamples& resamples, double level) {
  const std::size_t n = sorted.size();
  const auto words = resamples.words(n);
  std::vector<double> means(resamples.count());
  for (std::size_t r = 0; r < means.size(); ++r) {
    double sum = 0;  // of deviations from the least value, so that a constant sample stays exact
    for (const std::uint32_t word : words.subspan(r * n, n)) sum += sorted[Resamples::position(word, n)] - sorted[0];
    means[r] = sorted[0] + sum / static_cast<double>(n);
  }
  return percentile_interval(std::move(means), level);
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

}  // namespace seedscape
