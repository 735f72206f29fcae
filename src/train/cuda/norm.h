#pragma once
// Layer norm of a row and its gradient, by one warp.

#include <cmath>

#include "team.h"

namespace seedscape::cuda {

/// See Kernels::normalize.   x, normal [D]
template <class AnyTeam, class Operand>
SEEDSCAPE_DEVICE void normalize_row(const AnyTeam& team, const float* x, Operand* normal, float* inverse_deviation,
                                    int D, float epsilon) {
  float sum = 0;
  for (int i = team.lane; i < D; i += team.lanes) sum += x[i];
  const float mean = team.sum(sum) / static_cast<float>(D);
  float squares = 0;
  for (int i = team.lane; i < D; i += team.lanes) squares += (x[i] - mean) * (x[i] - mean);
  const float inverse = 1 / sqrtf(team.sum(squares) / static_cast<float>(D) + epsilon);
  for (int i = team.lane; i < D; i += team.lanes) normal[i] = static_cast<Operand>((x[i] - mean) * inverse);
  if (team.lane == 0) *inverse_deviation = inverse;
}

/// See Kernels::normalize_gradient.   All [D]; dx_operand null where it is dx
template <class AnyTeam, class Operand>
SEEDSCAPE_DEVICE void normalize_gradient_row(const AnyTeam& team, const Operand* normal, float inverse_deviation,
                                             const Operand* d_normal, float* dx, Operand* dx_operand, int D, bool add) {
  float sum = 0, projection = 0;
  for (int i = team.lane; i < D; i += team.lanes) {
    const auto d = static_cast<float>(d_normal[i]);
    sum += d;
    projection += d * static_cast<float>(normal[i]);
  }
  const float mean = team.sum(sum) / static_cast<float>(D);
  const float mean_projection = team.sum(projection) / static_cast<float>(D);
  for (int i = team.lane; i < D; i += team.lanes) {
    const float own =
        (static_cast<float>(d_normal[i]) - mean - static_cast<float>(normal[i]) * mean_projection) * inverse_deviation;
    const float value = add ? dx[i] + own : own;
    dx[i] = value;
    if (dx_operand != nullptr) dx_operand[i] = static_cast<Operand>(value);
  }
}

}  // namespace seedscape::cuda
