#pragma once
// A layer norm's scale and shift on their way into the linear layer behind it and back, by one warp a row.

#include "team.h"

namespace seedscape::cuda {

/// See Kernels::fold.   weight, target, scale, shift [in], of one output; scale, shift and bias may be null
template <class AnyTeam, class Operand>
SEEDSCAPE_DEVICE void fold_row(const AnyTeam& team, const float* weight, const float* bias, const float* scale,
                               const float* shift, Operand* target, float* target_bias, int in) {
  float moved = 0;
  for (int i = team.lane; i < in; i += team.lanes) {
    target[i] = static_cast<Operand>(scale != nullptr ? weight[i] * scale[i] : weight[i]);
    if (shift != nullptr) moved += weight[i] * shift[i];
  }
  moved = team.sum(moved);
  if (team.lane == 0) *target_bias += moved + (bias != nullptr ? *bias : 0.0F);
}

/// The row's part of Kernels::unfold: d_weight and d_bias.   d_folded_weight, scale, shift, d_weight [in]; scale and
/// shift may be null
template <class AnyTeam>
SEEDSCAPE_DEVICE void unfold_row(const AnyTeam& team, const float* d_folded_weight, float d_folded_bias,
                                 const float* scale, const float* shift, float* d_weight, float* d_bias, int in) {
  for (int i = team.lane; i < in; i += team.lanes)
    d_weight[i] = scale != nullptr ? d_folded_weight[i] * scale[i] + d_folded_bias * shift[i] : d_folded_weight[i];
  if (team.lane == 0 && d_bias != nullptr) *d_bias = d_folded_bias;
}

}  // namespace seedscape::cuda
