#include "seedscape/analysis/scaling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "seedscape/analysis/distribution.h"
#include "seedscape/base/error.h"

namespace seedscape {

namespace {

void squared_steps(std::span<const double> y, std::vector<double>& squares) {
  if (y.size() < 3) throw Error(ErrorKind::usage, "breakthroughness and linearity need at least 3 scales");
  squares.resize(y.size() - 1);
  for (std::size_t i = 0; i < squares.size(); ++i) squares[i] = (y[i + 1] - y[i]) * (y[i + 1] - y[i]);
}

double ratio(double range, double squared_step) { return range == 0 ? 0 : range / std::sqrt(squared_step); }

}  // namespace

double improvement(std::span<const double> y) {
  const auto low = std::min_element(y.begin(), y.end());  // the first of equals
  const auto high = std::max_element(y.begin(), y.end());
  return high > low ? *high - *low : *low - *high;
}

CurveShape curve_shape(std::span<const double> y, std::vector<double>& scratch) {
  squared_steps(y, scratch);
  CurveShape shape{.improvement = improvement(y), .largest_rise = y[1] - y[0]};
  for (std::size_t i = 1; i + 1 < y.size(); ++i) shape.largest_rise = std::max(shape.largest_rise, y[i + 1] - y[i]);
  shape.linearity = ratio(shape.improvement, mean(scratch));
  std::sort(scratch.begin(), scratch.end());
  shape.breakthroughness = ratio(shape.improvement, median(scratch));
  return shape;
}

double breakthroughness(std::span<const double> y) {
  std::vector<double> scratch;
  return curve_shape(y, scratch).breakthroughness;
}

double linearity(std::span<const double> y) {
  std::vector<double> scratch;
  return curve_shape(y, scratch).linearity;
}

double clip_100(double value) { return std::clamp(value, 0.0, 100.0); }

}  // namespace seedscape
