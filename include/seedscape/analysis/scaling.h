#pragma once
// How one seed's score moves as its model grows: the shape of a curve in four numbers.

#include <span>
#include <vector>

namespace seedscape {

/// Net range of the curve, positive if its maximum comes after its minimum:
///
///   I(y) = sign(argmax y - argmin y) (max y - min y),  the first index on ties.
///
/// Shapes:   y [n_scales], ordered by scale; the scale itself only orders
/// Requires: not empty
/// Edge:     flat y -> 0
double improvement(std::span<const double> y);

/// Ratio of the net score range to the typical step between adjacent scales: high when one step does most of the work.
///
///   B(y) = I(y) / sqrt(median_i (y[i+1] - y[i])^2)
///
/// Shapes:   y [n_scales], ordered by scale
/// Requires: n_scales >= 3
/// Throws:   Error(usage) if shorter
/// Edge:     flat y -> 0;  zero median, non-flat y -> signed infinity, written as "Infinity" in JSON
/// Source:   Srivastava et al. 2022 (arXiv 2206.04615), as arXiv 2502.17356 appendix B writes it
double breakthroughness(std::span<const double> y);

/// Ratio of the net score range to the root mean square step: largest (n_scales - 1) for a straight line.
///
///   L(y) = I(y) / sqrt(mean_i (y[i+1] - y[i])^2)
///
/// Shapes:   y [n_scales], ordered by scale
/// Requires: n_scales >= 3
/// Throws:   Error(usage) if shorter
/// Edge:     flat y -> 0
/// Source:   as breakthroughness
double linearity(std::span<const double> y);

/// Everything about one curve that curves are ranked by.
struct CurveShape {
  double improvement = 0, largest_rise = 0;  // max_i (y[i+1] - y[i])
  double breakthroughness = 0, linearity = 0;
};

/// All of them at once. `scratch` is room that is used again from call to call.
///
/// Requires: y [n_scales], n_scales >= 3
/// Throws:   Error(usage) if shorter
CurveShape curve_shape(std::span<const double> y, std::vector<double>& scratch);

/// A value of B or L forced into [0, 100], where infinities can be averaged and drawn.
double clip_100(double value);

}  // namespace seedscape
