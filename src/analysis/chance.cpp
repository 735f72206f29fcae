#include "seedscape/analysis/chance.h"

#include <algorithm>
#include <compare>
#include <numeric>
#include <utility>

#include "seedscape/analysis/distribution.h"

namespace seedscape {

namespace {

struct Rank {
  double value = 0, improvement = 0, largest_rise = 0;
  auto operator<=>(const Rank&) const = default;
};

/// Ranks of all curves by one shape, those of one set of curves after the other.
struct Ranks {
  std::vector<Rank> breakthroughness, linearity;
};

void add_ranks(std::span<const std::vector<double>> scores, Ranks& ranks) {
  std::vector<double> curve(scores.size()), scratch;
  for (std::size_t i = 0; i < scores[0].size(); ++i) {
    for (std::size_t s = 0; s < scores.size(); ++s) curve[s] = scores[s][i];
    const CurveShape shape = curve_shape(curve, scratch);
    ranks.breakthroughness.push_back({shape.breakthroughness, shape.improvement, shape.largest_rise});
    ranks.linearity.push_back({shape.linearity, shape.improvement, shape.largest_rise});
  }
}

void shuffle(std::vector<double>& values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[rng.below(i)]);
}

std::vector<std::int64_t> counts_of(std::span<const Rank> ranks, std::span<const double> edges) {
  std::vector<double> clipped;
  for (const Rank& rank : ranks) clipped.push_back(clip_100(rank.value));
  return histogram(clipped, edges);
}

/// `null` holds the ranks of one shuffled set of curves after the other, each as large as `observed`.
ChanceOfShape compare(std::span<const Rank> observed, std::vector<Rank> null, std::int64_t bins) {
  const std::size_t n = observed.size(), named = std::min(kNamedCurves, n), permutations = null.size() / n;
  ChanceOfShape chance;
  const auto value = [](const Rank& rank) { return rank.value; };
  const double largest = std::max(std::ranges::max(observed, {}, value).value, std::ranges::max(null, {}, value).value);
  chance.edges = edges_between(0, clip_100(largest), bins);
  chance.observed = counts_of(observed, chance.edges);
  for (const std::int64_t count : counts_of(null, chance.edges))
    chance.expected.push_back(static_cast<double>(count) / static_cast<double>(permutations));

  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return observed[a] > observed[b]; });
  std::vector<std::size_t> above(named), below(named);  // permutations that go at least as far at each rank
  for (std::size_t p = 0; p < permutations; ++p) {
    const auto first = null.begin() + static_cast<std::ptrdiff_t>(p * n), last = first + static_cast<std::ptrdiff_t>(n);
    const auto nth = static_cast<std::ptrdiff_t>(named);
    std::partial_sort(first, first + nth, last, std::greater<>());
    for (std::size_t r = 0; r < named; ++r) above[r] += first[static_cast<std::ptrdiff_t>(r)] >= observed[order[r]];
    std::partial_sort(first, first + nth, last, std::less<>());
    for (std::size_t r = 0; r < named; ++r)
      below[r] += first[static_cast<std::ptrdiff_t>(r)] <= observed[order[n - 1 - r]];
  }
  const auto extreme = [&](std::size_t curve, std::size_t reached) {
    return ExtremeCurve{curve, observed[curve].value,
                        static_cast<double>(1 + reached) / static_cast<double>(1 + permutations)};
  };
  for (std::size_t r = 0; r < named; ++r) {
    chance.top.push_back(extreme(order[r], above[r]));
    chance.bottom.push_back(extreme(order[n - 1 - r], below[r]));
  }
  return chance;
}

}  // namespace

ChanceOfCurves chance_of_curves(std::span<const std::vector<double>> scores, std::vector<Rng> streams,
                                std::int64_t permutations, std::int64_t bins) {
  Ranks observed, null;
  add_ranks(scores, observed);
  std::vector<std::vector<double>> shuffled(scores.begin(), scores.end());
  for (std::int64_t p = 0; p < permutations; ++p) {
    // The first scale may stay: only who meets whom matters.
    for (std::size_t s = 1; s < shuffled.size(); ++s) shuffle(shuffled[s], streams[s]);
    add_ranks(shuffled, null);
  }
  return {compare(observed.breakthroughness, std::move(null.breakthroughness), bins),
          compare(observed.linearity, std::move(null.linearity), bins)};
}

}  // namespace seedscape
