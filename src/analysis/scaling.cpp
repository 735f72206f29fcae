#include "seedscape/analysis/scaling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "seedscape/analysis/distribution.h"
#include "seedscape/base/error.h"

namespace seedscape {

namespace {

std::vector<double> squared_steps(std::span<const double> y) {
  if (y.size() < 3) throw Error(ErrorKind::usage, "breakthroughness and linearity need at least 3 scales");
  std::vector<double> squares(y.size() - 1);
  for (std::size_t i = 0; i < squares.size(); ++i) squares[i] = (y[i + 1] - y[i]) * (y[i + 1] - y[i]);
  return squares;
}

double ratio(double range, double squared_step) { return range == 0 ? 0 : range / std::sqrt(squared_step); }

}  // namespace

double improvement(std::span<const double> y) {
  const auto low = std::min_element(y.begin(), y.end());  // the first of equals
  const auto high = std::max_element(y.begin(), y.end());
  return high > low ? *high - *low : *low - *high;
}

double breakthroughness(std::span<const double> y) {
  std::vector<double> squares = squared_steps(y);
  std::sort(squares.begin(), squares.end());
  return ratio(improvement(y), median(squares));
}

double linearity(std::span<const double> y) { return ratio(improvement(y), mean(squared_steps(y))); }

double clip_100(double value) { return std::clamp(value, 0.0, 100.0); }

}  // namespace seedscape
