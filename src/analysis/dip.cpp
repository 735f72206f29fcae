#include "seedscape/analysis/dip.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "seedscape/base/rng.h"

namespace seedscape {

namespace {

/// A place where the distribution function, in counts, jumps or bends: its value just left of x and at x.
struct Knot {
  double x = 0, below = 0, above = 0;
};

/// A convex function from below or a concave one from above: its corners, and its values at all knots.
struct Hull {
  std::vector<std::size_t> corners;
  std::vector<double> at;  // by knot
};

/// The greatest convex function below the knots low..high (sign 1, side &Knot::below), or the least concave one above
/// them (sign -1, side &Knot::above).
Hull hull(std::span<const Knot> knots, std::size_t low, std::size_t high, double Knot::*side, double sign) {
  Hull result{.corners = {}, .at = std::vector<double>(knots.size())};
  auto& corners = result.corners;
  const auto rises_less = [&](std::size_t a, std::size_t b, std::size_t c) {  // from a to b than from b to c
    const double first = (knots[b].*side - knots[a].*side) * (knots[c].x - knots[b].x);
    const double second = (knots[c].*side - knots[b].*side) * (knots[b].x - knots[a].x);
    return sign * first < sign * second;
  };
  for (std::size_t i = low; i <= high; ++i) {
    while (corners.size() >= 2 && !rises_less(corners[corners.size() - 2], corners.back(), i)) corners.pop_back();
    corners.push_back(i);
  }
  for (std::size_t c = 0; c + 1 < corners.size(); ++c) {
    const Knot &from = knots[corners[c]], &to = knots[corners[c + 1]];
    const double slope = (to.*side - from.*side) / (to.x - from.x);
    for (std::size_t i = corners[c]; i < corners[c + 1]; ++i) result.at[i] = from.*side + slope * (knots[i].x - from.x);
  }
  result.at[high] = knots[high].*side;
  return result;
}

/// Where a unimodal function close to F has its mode, and how far it is from F outside.
struct Narrowed {
  double gap = 0;  // the widest between the two hulls
  std::size_t low = 0, high = 0;
};

Narrowed widest_gap(std::span<const Knot> knots, const Hull& convex, const Hull& concave) {
  Narrowed best{.gap = -1};
  for (const std::size_t corner : convex.corners) {
    const double gap = concave.at[corner] - knots[corner].below;
    if (gap <= best.gap) continue;
    best = {gap, corner, *std::ranges::lower_bound(concave.corners, corner)};
  }
  for (const std::size_t corner : concave.corners) {
    const double gap = knots[corner].above - convex.at[corner];
    if (gap <= best.gap) continue;
    best = {gap, *std::prev(std::ranges::upper_bound(convex.corners, corner)), corner};
  }
  return best;
}

/// The dip in units of half a count. The interval that may hold the mode narrows from all knots to where the hulls over
/// it are no further apart than the dip is already; what lies left of it must be convex, what lies right concave.
double twice_dip(std::span<const Knot> knots) {
  double dip = 0;
  std::size_t low = 0, high = knots.size() - 1;
  while (low < high) {
    const Hull convex = hull(knots, low, high, &Knot::below, 1), concave = hull(knots, low, high, &Knot::above, -1);
    const Narrowed next = widest_gap(knots, convex, concave);
    if (next.gap <= dip) break;
    for (std::size_t i = low; i < next.low; ++i) dip = std::max(dip, knots[i].above - convex.at[i]);
    for (std::size_t i = next.high + 1; i <= high; ++i) dip = std::max(dip, concave.at[i] - knots[i].below);
    low = next.low;
    high = next.high;
  }
  return dip;
}

double dip_of(std::span<const Knot> knots, std::size_t n) { return twice_dip(knots) / (2 * static_cast<double>(n)); }

/// The dip of n scores at lattice points, each spread over its cell; counts[i] of them at point i.
double dip_of_counts(std::span<const std::uint32_t> counts) {
  std::vector<Knot> knots;
  std::size_t n = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto at = static_cast<double>(i), before = static_cast<double>(n);
    if (knots.empty() || knots.back().x != at) knots.push_back({at, before, before});
    n += counts[i];
    knots.push_back({at + 1, static_cast<double>(n), static_cast<double>(n)});
  }
  return dip_of(knots, n);
}

/// How many scores lie at each lattice point from the least to the largest.
std::vector<std::uint32_t> lattice_counts(std::span<const double> sorted, std::int64_t steps) {
  const auto point = [&](double score) { return std::llround(score * static_cast<double>(steps)); };
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(point(sorted.back()) - point(sorted.front()) + 1));
  for (const double score : sorted) ++counts[static_cast<std::size_t>(point(score) - point(sorted.front()))];
  return counts;
}

/// The least number of the form abc000 in binary that is at least `points`, beyond 16.
std::int64_t round_up(std::int64_t points) {
  if (points <= 16) return points;
  const auto dropped = std::bit_width(static_cast<std::uint64_t>(points)) - 3;
  return (((points - 1) >> dropped) + 1) << dropped;
}

/// The denominator up to kFinestLattice of the fraction that equals `value` to within rounding, by its continued
/// fraction; 0 if there is none.
std::int64_t denominator(double value) {
  std::int64_t p = 1, q = 0, p_before = 0, q_before = 1;
  double rest = value;
  while (true) {
    const auto whole = static_cast<std::int64_t>(std::floor(rest));
    p_before = std::exchange(p, whole * p + p_before);
    q_before = std::exchange(q, whole * q + q_before);
    if (q > kFinestLattice) return 0;
    if (std::abs(value - static_cast<double>(p) / static_cast<double>(q)) <= 1e-13) return q;
    rest = 1 / (rest - static_cast<double>(whole));
  }
}

}  // namespace

double dip(std::span<const double> sorted) {
  std::vector<Knot> knots;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto before = static_cast<double>(i);
    if (knots.empty() || sorted[i] != knots.back().x) knots.push_back({sorted[i], before, before});
    knots.back().above = before + 1;
  }
  return dip_of(knots, sorted.size());
}

double dip_on_lattice(std::span<const double> sorted, std::int64_t steps) {
  return dip_of_counts(lattice_counts(sorted, steps));
}

std::optional<std::int64_t> find_lattice(std::span<const double> values) {
  std::int64_t steps = 1;
  std::vector<double> different;
  for (const double value : values) {
    if (value < 0 || value > 1) return std::nullopt;
    if (different.size() < 3 && std::ranges::find(different, value) == different.end()) different.push_back(value);
    const double scaled = value * static_cast<double>(steps);
    if (std::abs(scaled - std::round(scaled)) <= 1e-13 * static_cast<double>(steps)) continue;
    const std::int64_t q = denominator(value);
    if (q == 0) return std::nullopt;
    steps = std::lcm(steps, q);
    if (steps > kFinestLattice) return std::nullopt;
  }
  if (different.size() < 3) return std::nullopt;
  return steps;
}

double DipNulls::p(double dip, std::size_t n, std::int64_t points) {
  points = round_up(points);
  if (points > kDensePoints * static_cast<std::int64_t>(n)) points = 0;
  auto found = nulls_.find({n, points});
  if (found == nulls_.end()) found = nulls_.emplace(std::pair{n, points}, draw(n, points)).first;
  const std::vector<double>& null = found->second;
  // Rounding must not tell a dip from an equal one.
  const auto reached = null.end() - std::lower_bound(null.begin(), null.end(), dip - 1e-12);
  return static_cast<double>(1 + reached) / static_cast<double>(1 + null.size());
}

std::vector<double> DipNulls::draw(std::size_t n, std::int64_t points) const {
  Rng rng(seed_, Purpose::dip_null, static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(points));
  std::vector<double> null(static_cast<std::size_t>(count_)), scores(n);
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(points));
  for (double& value : null) {
    if (points > 0) {
      std::ranges::fill(counts, 0);
      for (std::size_t i = 0; i < n; ++i) ++counts[rng.below(counts.size())];
      value = dip_of_counts(counts);
    } else {
      for (double& score : scores) score = rng.uniform();
      std::ranges::sort(scores);
      value = dip(scores);
    }
  }
  std::ranges::sort(null);
  return null;
}

DipTest dip_test(std::span<const double> sorted, std::optional<std::int64_t> steps, DipNulls& nulls) {
  DipTest test{.dip = dip(sorted)};
  test.tested = test.dip;
  if (steps) {
    const auto counts = lattice_counts(sorted, *steps);
    test.points = std::ssize(counts);
    test.tested = dip_of_counts(counts);
  }
  test.p = nulls.p(test.tested, sorted.size(), test.points);
  return test;
}

}  // namespace seedscape
