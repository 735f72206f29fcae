#include "seedscape/analysis/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "lane_sum.h"
#include "seedscape/analysis/wasserstein.h"
#include "seedscape/base/parallel.h"
#include "seedscape/base/random_words.h"

namespace seedscape {

namespace {

/// Standard normal distribution function.
double normal_share(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

/// Counts how often the words pick each position.
void count_draws(std::span<const std::uint32_t> words, std::span<std::uint8_t> weights) {
  std::ranges::fill(weights, std::uint8_t{0});
  for (const std::uint32_t word : words) ++weights[(std::uint64_t{word} * weights.size()) >> 32];
}

/// A resample in ascending order, from how often each value is drawn.
class Resampled {
 public:
  explicit Resampled(std::span<const double> sorted) : sorted_(sorted), values_(sorted.size() + kWhole) {}

  /// Shape: [n]. Valid until the next call.
  std::span<const double> drawn(std::span<const std::uint8_t> weights) {
    double* end = values_.data();
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
      // Most weights are small: so many copies at once, however few count, are faster than a loop that ends at each.
      std::fill_n(end, kWhole, sorted_[i]);
      if (weights[i] > kWhole) std::fill_n(end, weights[i], sorted_[i]);
      end += weights[i];
    }
    return {values_.data(), sorted_.size()};
  }

 private:
  static constexpr std::size_t kWhole = 4;
  std::span<const double> sorted_;
  std::vector<double> values_;  // and room for the copies after the last one that do not count
};

}  // namespace

Resamples::Resamples(std::uint64_t seed, std::size_t axis, std::size_t scale, std::int64_t count)
    : seed_(seed),
      axis_(static_cast<std::uint32_t>(axis)),
      scale_(static_cast<std::uint32_t>(scale)),
      count_(static_cast<std::size_t>(count)) {}

std::span<const std::uint8_t> Resamples::weights(std::size_t n) {
  auto known = std::ranges::find(drawn_, n, &Drawn::n);
  if (known == drawn_.end()) {
    known = std::prev(drawn_.end());  // the one that was not asked for the longest
    *known = {n, std::make_unique_for_overwrite<std::uint8_t[]>(count_ * n)};
    in_parts(count_, 4 * count_ * n, [&](std::size_t begin, std::size_t end) {
      std::vector<std::uint32_t> words(n);
      for (std::size_t r = begin; r < end; ++r) {
        random_words(seed_, Purpose::resampling, axis_, scale_, r * n, words);
        count_draws(words, {known->weights.get() + r * n, n});
      }
    });
  }
  std::rotate(drawn_.begin(), known, std::next(known));
  return {drawn_.front().weights.get(), count_ * n};
}

Interval percentile_interval(std::vector<double> statistics, double level) {
  std::sort(statistics.begin(), statistics.end());
  return {quantile(statistics, (1 - level) / 2), quantile(statistics, (1 + level) / 2)};
}

std::vector<double> resampled_means(std::span<const double> sorted, Resamples& resamples) {
  const std::size_t n = sorted.size();
  const auto weights = resamples.weights(n);
  std::vector<double> rises(n);  // above the least value, so that a constant sample stays exact
  for (std::size_t i = 0; i < n; ++i) rises[i] = sorted[i] - sorted[0];
  std::vector<double> means(resamples.count());
  in_parts(means.size(), means.size() * n, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const std::uint8_t* row = weights.data() + r * n;
      means[r] = sorted[0] + lane_sum(n, [&](std::size_t i) { return row[i] * rises[i]; }) / static_cast<double>(n);
    }
  });
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

std::vector<Interval> wasserstein2_intervals(std::span<const std::vector<double>> samples,
                                             std::span<Resamples> resamples, double level) {
  std::vector<Interval> intervals(samples.size(), {0, 0});
  const std::span<const double> reference = samples.back();
  const std::size_t m = reference.size(), count = resamples.back().count();
  if (m == 0) return intervals;
  struct Side {
    std::size_t scale;
    std::span<const std::uint8_t> weights;
    QuantilePairs pairs;
    std::vector<double> distances;
  };
  std::vector<Side> sides;
  std::size_t values = 0;
  for (std::size_t s = 0; s + 1 < samples.size(); ++s) {
    const std::size_t n = samples[s].size();
    if (n == 0) continue;
    sides.push_back({s, resamples[s].weights(n), QuantilePairs(n, m), std::vector<double>(count)});
    values += n + m;
  }
  const auto reference_weights = resamples.back().weights(m);
  in_parts(count, 2 * count * values, [&](std::size_t begin, std::size_t end) {
    Resampled resampled_reference(reference);
    std::vector<Resampled> resampled;
    for (const Side& side : sides) resampled.emplace_back(samples[side.scale]);
    for (std::size_t r = begin; r < end; ++r) {
      const auto drawn_reference = resampled_reference.drawn(reference_weights.subspan(r * m, m));
      for (std::size_t i = 0; i < sides.size(); ++i) {
        const std::size_t n = samples[sides[i].scale].size();
        const auto drawn = resampled[i].drawn(sides[i].weights.subspan(r * n, n));
        sides[i].distances[r] = sides[i].pairs.distance(drawn, drawn_reference);
      }
    }
  });
  for (Side& side : sides) intervals[side.scale] = percentile_interval(std::move(side.distances), level);
  return intervals;
}

std::vector<double> split_half_distances(std::span<const double> sorted, Rng rng, std::int64_t count) {
  std::vector<double> distances(static_cast<std::size_t>(count)), first, second;
  const QuantilePairs pairs(sorted.size() / 2, sorted.size() - sorted.size() / 2);
  for (double& distance : distances) {
    first.clear();
    second.clear();
    // Of the values left, as many as the first half still lacks are chosen, each equally likely; both stay ascending.
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const bool is_chosen = rng.below(sorted.size() - i) < sorted.size() / 2 - first.size();
      (is_chosen ? first : second).push_back(sorted[i]);
    }
    distance = pairs.distance(first, second);
  }
  return distances;
}

}  // namespace seedscape
