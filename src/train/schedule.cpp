#include "seedscape/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace seedscape {

double rate_factor(std::int64_t t, std::int64_t warmup_steps, std::int64_t steps) {
  const auto N = static_cast<double>(steps), w = static_cast<double>(warmup_steps), at = static_cast<double>(t);
  if (t < warmup_steps) return at / std::max(1.0, w);
  const double progress = (at - w) / std::max(1.0, N - w);
  return std::max(0.0, 0.5 * (1.0 + std::cos(std::numbers::pi * progress)));
}

}  // namespace seedscape
