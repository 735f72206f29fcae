#pragma once
// AdamW of one number.

#include <cmath>

#include "team.h"

namespace seedscape::cuda {

inline constexpr float kBeta1 = 0.9F, kBeta2 = 0.999F, kEpsilon = 1e-8F;
inline constexpr float kRest1 = 0.1F, kRest2 = 0.001F;  // 1 - beta, which 1 - 0.999F misses by 1e-5 of itself

/// What the numbers of a seed have in common in one update.
struct AdamWStep {
  float clip;  // the gradient's factor
  float rate, first_correction, second_correction, weight_decay;
};

SEEDSCAPE_DEVICE inline float clip_factor(double norm, double clip_norm) {
  if (clip_norm <= 0) return 1;
  const double factor = clip_norm / (norm + 1e-6);
  return factor < 1 ? static_cast<float>(factor) : 1.0F;
}

SEEDSCAPE_DEVICE inline void update(const AdamWStep& step, float gradient, float* weight, float* first, float* second) {
  const float g = gradient * step.clip;
  const float m = *first * kBeta1 + g * kRest1, v = *second * kBeta2 + g * g * kRest2;
  *first = m;
  *second = v;
  *weight = *weight * (1 - step.rate * step.weight_decay) -
            step.rate * step.first_correction * m / (sqrtf(v * step.second_correction) + kEpsilon);
}

}  // namespace seedscape::cuda
