#include "seedscape/analysis/mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

/// Sums of the first i values and of their squares, around the sample's mean.
struct Sums {
  explicit Sums(std::span<const double> sorted) : value(1), square(1) {
    const double centre = mean(sorted);
    for (const double x : sorted) {
      value.push_back(value.back() + (x - centre));
      square.push_back(square.back() + (x - centre) * (x - centre));
    }
  }

  /// Sum of squared deviations of values first..last-1 from their mean.
  double squares(std::size_t first, std::size_t last) const {
    const double sum = value[last] - value[first];
    return square[last] - square[first] - sum * sum / static_cast<double>(last - first);
  }

  std::vector<double> value, square;
};

using Cuts = std::vector<std::size_t>;  // 0, where each next group begins, n

Cuts equal_groups(std::size_t n, std::size_t k) {
  Cuts cuts;
  for (std::size_t j = 0; j <= k; ++j) cuts.push_back(j * n / k);
  return cuts;
}

/// The split into two or three groups whose squared deviations sum to the least.
Cuts least_squares(std::span<const double> sorted, std::size_t k) {
  const Sums sums(sorted);
  const std::size_t n = sorted.size();
  const auto best_cut = [&](std::size_t last) {  // of values 0..last-1
    std::pair best{std::numeric_limits<double>::infinity(), std::size_t{1}};
    for (std::size_t cut = 1; cut < last; ++cut)
      best = std::min(best, std::pair{sums.squares(0, cut) + sums.squares(cut, last), cut});
    return best;
  };
  if (k == 2) return {0, best_cut(n).second, n};
  double least = std::numeric_limits<double>::infinity();
  Cuts cuts;
  for (std::size_t second = 2; second < n; ++second) {
    const auto [squares, first] = best_cut(second);
    if (squares + sums.squares(second, n) >= least) continue;
    least = squares + sums.squares(second, n);
    cuts = {0, first, second, n};
  }
  return cuts;
}

struct Fit {
  double log_likelihood = -std::numeric_limits<double>::infinity();
  std::vector<NormalPart> parts;
};

std::vector<NormalPart> parts_of(std::span<const double> sorted, const Cuts& cuts, double least_deviation) {
  std::vector<NormalPart> parts;
  for (std::size_t j = 0; j + 1 < cuts.size(); ++j) {
    const auto group = sorted.subspan(cuts[j], cuts[j + 1] - cuts[j]);
    const double size = static_cast<double>(group.size());
    const double deviation = std::sqrt(std::max(0.0, Sums(group).squares(0, group.size())) / size);
    parts.push_back({size / static_cast<double>(sorted.size()), mean(group), std::max(deviation, least_deviation)});
  }
  return parts;
}

/// One round of EM: the log-likelihood of `parts`, and the parts that follow.
Fit improved(std::span<const double> sample, const std::vector<NormalPart>& parts, double least_deviation) {
  static const double log_root_two_pi = 0.5 * std::log(2 * std::numbers::pi);
  const std::size_t k = parts.size();
  std::array<double, kMostParts> base{}, share{}, weight{}, first{}, second{};
  for (std::size_t j = 0; j < k; ++j) base[j] = std::log(parts[j].weight / parts[j].deviation) - log_root_two_pi;
  Fit next{.log_likelihood = 0, .parts = parts};
  for (const double x : sample) {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < k; ++j) {
      const double z = (x - parts[j].mean) / parts[j].deviation;
      share[j] = base[j] - 0.5 * z * z;
      largest = std::max(largest, share[j]);
    }
    double sum = 0;
    for (std::size_t j = 0; j < k; ++j) sum += share[j] = std::exp(share[j] - largest);
    next.log_likelihood += largest + std::log(sum);
    for (std::size_t j = 0; j < k; ++j) {
      const double d = x - parts[j].mean;
      weight[j] += share[j] / sum;
      first[j] += share[j] / sum * d;
      second[j] += share[j] / sum * d * d;
    }
  }
  for (std::size_t j = 0; j < k; ++j) {
    if (weight[j] <= 0) continue;  // a part without values stays as it is, at weight 0
    const double shift = first[j] / weight[j], variance = second[j] / weight[j] - shift * shift;
    next.parts[j].mean += shift;
    next.parts[j].deviation = std::max(least_deviation, std::sqrt(std::max(0.0, variance)));
  }
  for (std::size_t j = 0; j < k; ++j) next.parts[j].weight = weight[j] / static_cast<double>(sample.size());
  return next;
}

Fit expectation_maximisation(std::span<const double> sample, std::vector<NormalPart> parts, double least_deviation) {
  Fit fit;
  for (int i = 0; i < kMostIterations; ++i) {
    const Fit next = improved(sample, parts, least_deviation);
    const double gain = next.log_likelihood - fit.log_likelihood;
    fit = {next.log_likelihood, parts};
    if (gain < kLeastGain) break;
    parts = next.parts;
  }
  return fit;
}

double times_log(double count, double share) { return count == 0 ? 0 : count * std::log(share); }

}  // namespace

Mixture fit_mixture(std::span<const double> sorted, bool has_masses, double least_deviation) {
  const double n = static_cast<double>(sorted.size());
  std::span<const double> inner = sorted;
  Mixture mixture;
  double log_likelihood = 0;
  int parameters = -1;  // weights sum to 1
  if (has_masses) {
    const auto above_zero = std::ranges::upper_bound(sorted, 0.0), one = std::ranges::lower_bound(sorted, 1.0);
    const auto zeros = static_cast<double>(above_zero - sorted.begin()), ones = static_cast<double>(sorted.end() - one);
    inner = {above_zero, one};
    mixture.at_zero = zeros / n;
    mixture.at_one = ones / n;
    log_likelihood = times_log(zeros, mixture.at_zero) + times_log(ones, mixture.at_one);
    parameters += (zeros > 0) + (ones > 0);
  }
  const double inner_n = static_cast<double>(inner.size());
  log_likelihood += times_log(inner_n, inner_n / n);
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 1; k <= std::min(kMostParts, inner.size()); ++k) {
    Fit best = expectation_maximisation(inner, parts_of(inner, equal_groups(inner.size(), k), least_deviation),
                                        least_deviation);
    if (k > 1) {
      Fit other =
          expectation_maximisation(inner, parts_of(inner, least_squares(inner, k), least_deviation), least_deviation);
      if (other.log_likelihood > best.log_likelihood) best = std::move(other);
    }
    const double bic =
        -2 * (log_likelihood + best.log_likelihood) + (parameters + 3 * static_cast<int>(k)) * std::log(n);
    mixture.bic[k - 1] = bic;
    if (bic >= least) continue;
    least = bic;
    mixture.parts = std::move(best.parts);
  }
  for (NormalPart& part : mixture.parts) part.weight *= inner_n / n;
  std::ranges::sort(mixture.parts, {}, &NormalPart::mean);
  return mixture;
}

}  // namespace seedscape
