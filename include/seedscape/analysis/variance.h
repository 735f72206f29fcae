#pragma once
// How much of the spread of scores over a grid of seeds comes from the initial weights, the data, and their
// interaction.

#include <optional>
#include <span>

namespace seedscape {

/// Parts of a variance that sum to 1.
struct VarianceShares {
  double init = 0, data = 0, interaction = 0;
};

struct GridVariance {
  VarianceShares squares;                      // of the sum of squares: describes this grid
  std::optional<VarianceShares> components{};  // of the variance components: estimates those of all seeds
};

/// Two-way analysis of variance with one score for each pair (i, j) of I initial weights and J data orders. With the
/// row means a_i, the column means b_j and the mean m,
///
///   SS_init = J sum_i (a_i - m)^2,  SS_data = I sum_j (b_j - m)^2,  SS_interaction = sum_ij (y_ij - a_i - b_j + m)^2,
///
/// which add up to sum_ij (y_ij - m)^2. The same pair always gives the same bits, so nothing is left over as noise.
/// Components (both factors random): s_interaction = MS_interaction, s_init = max(0, (MS_init - MS_interaction) / J),
/// s_data = max(0, (MS_data - MS_interaction) / I), with the mean squares MS = SS / degrees of freedom.
///
/// Shapes: y [I, J] row-major, I = init_count, J = data_count
/// Edge:   constant y -> nothing; I = 1 or J = 1 -> no components
/// Source: Searle, Casella and McCulloch 1992, Variance Components, section 4.3 (balanced two-way, no replication)
std::optional<GridVariance> grid_variance(std::span<const double> y, std::size_t init_count, std::size_t data_count);

}  // namespace seedscape
