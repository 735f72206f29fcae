#pragma once
// Hartigan's dip: how far a sample is from having one mode.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace seedscape {

/// The least distance of the sample's distribution function F from a unimodal one,
///
///   dip = min over unimodal G of sup_x |F(x) - G(x)|,
///
/// where G is convex up to a mode and concave after it and may jump at the mode. Between 0 and 1/4.
///
/// Requires: `sorted` ascending and not empty
/// Edge:     constant sample -> 0;  n >= 2 different values -> at least 1 / (2n);  ties are jumps of F
/// Source:   Hartigan and Hartigan 1985, "The dip test of unimodality"
double dip(std::span<const double> sorted);

/// The dip of scores that are multiples of 1 / steps, each spread evenly over its cell, half a step to either side.
/// Frequencies that rise to one lattice point and fall after it then have dip 0, however large the jumps of F.
///
/// Requires: `sorted` ascending and not empty, steps >= 1
double dip_on_lattice(std::span<const double> sorted, std::int64_t steps);

/// The least m such that all values are multiples of 1 / m to within rounding, as shares of m test problems are.
///
/// Edge: fewer than three different values, a value outside [0, 1] or m above kFinestLattice -> nothing
std::optional<std::int64_t> find_lattice(std::span<const double> values);
inline constexpr std::int64_t kFinestLattice = 100'000;

/// What the dip is compared with: samples of n scores from the uniform distribution, the unimodal one that is hardest
/// to tell from a bimodal one. `count` samples are drawn for each (n, points) that is asked for, and kept.
///
/// `points` is how many neighbouring lattice points the scores may take, 0 = any number in an interval. Beyond 16 it is
/// rounded up to three significant bits, and from kDensePoints n on there might as well be no lattice.
class DipNulls {
 public:
  DipNulls(std::uint64_t seed, std::int64_t count) : seed_(seed), count_(count) {}

  /// Chance of a dip of at least `dip`: (1 + samples that have it) / (1 + count).
  double p(double dip, std::size_t n, std::int64_t points);

  std::int64_t count() const { return count_; }

 private:
  std::vector<double> draw(std::size_t n, std::int64_t points) const;

  std::uint64_t seed_;
  std::int64_t count_;
  std::map<std::pair<std::size_t, std::int64_t>, std::vector<double>> nulls_;  // ascending
};
inline constexpr std::int64_t kDensePoints = 10;

struct DipTest {
  double dip = 0;
  double tested = 0;        // on the lattice where there is one, else the dip itself
  std::int64_t points = 0;  // lattice points from the least to the largest score; 0 = no lattice
  double p = 1;
};

/// Tests that the scores come from a distribution with one mode.
///
/// Requires: `sorted` ascending and not empty; multiples of 1 / steps where steps is given
DipTest dip_test(std::span<const double> sorted, std::optional<std::int64_t> steps, DipNulls& nulls);

}  // namespace seedscape
