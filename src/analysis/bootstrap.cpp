#include "seedscape/analysis/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "seedscape/analysis/wasserstein.h"

namespace seedscape {

namespace {

/// Standard normal distribution function.
double normal_share(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// The different values of an ascending sample. Scores are counts of solved problems, so there are few of them.
class Atoms {
 public:
  explicit Atoms(std::span<const double> sorted) {
    for (const double value : sorted) {
      if (values_.empty() || value != values_.back()) values_.push_back(value);
      atom_at_.push_back(static_cast<std::uint32_t>(values_.size() - 1));
    }
  }

  /// How often each value is drawn.
  WeightedValues drawn(std::span<const std::uint32_t> words) {
    weights_.assign(values_.size(), 0);
    for (const std::uint32_t word : words) ++weights_[atom_at_[Resamples::position(word, atom_at_.size())]];
    return {values_, weights_};
  }

 private:
  std::vector<double> values_;
  std::vector<std::uint32_t> atom_at_;  // of each position of the sample
  std::vector<std::uint64_t> weights_;
};

}  // namespace

Resamples::Resamples(std::uint64_t seed, std::size_t axis, std::size_t scale, std::int64_t count)
    : rng_(seed, Purpose::resampling, static_cast<std::uint32_t>(axis), static_cast<std::uint32_t>(scale)),
      count_(static_cast<std::size_t>(count)) {}

std::span<const std::uint32_t> Resamples::words(std::size_t n) {
  words_.reserve(count_ * n);
  while (words_.size() < count_ * n) words_.push_back(rng_.bits());
  return {words_.data(), count_ * n};
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
  const auto words = resamples.words(n), reference_words = reference_resamples.words(m);
  Atoms atoms(sorted), reference_atoms(reference);
  std::vector<double> distances(resamples.count());
  for (std::size_t r = 0; r < distances.size(); ++r) {
    distances[r] =
        wasserstein2(atoms.drawn(words.subspan(r * n, n)), reference_atoms.drawn(reference_words.subspan(r * m, m)));
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
