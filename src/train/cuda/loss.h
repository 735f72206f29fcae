#pragma once
// Cross entropy of a row of logits, by one warp.

#include <cmath>

#include "team.h"

namespace seedscape::cuda {

/// The row's cross entropy; the logits [V] become their gradient times `weight`. A negative target is not counted.
template <class AnyTeam>
SEEDSCAPE_DEVICE float cross_entropy_row(const AnyTeam& team, float* logits, std::int32_t target, float weight, int V) {
  if (target < 0) {
    for (int v = team.lane; v < V; v += team.lanes) logits[v] = 0;
    return 0;
  }
  float largest = -INFINITY;
  for (int v = team.lane; v < V; v += team.lanes) largest = fmaxf(largest, logits[v]);
  largest = team.max(largest);
  float sum = 0;
  for (int v = team.lane; v < V; v += team.lanes) sum += expf(logits[v] - largest);
  const float log_sum = largest + logf(team.sum(sum));
  const float own = log_sum - logits[target];
  team.sync_warp();  // every lane has read the target's logit before one overwrites it
  for (int v = team.lane; v < V; v += team.lanes)
    logits[v] = (expf(logits[v] - log_sum) - (v == target ? 1.0F : 0.0F)) * weight;
  return own;
}

}  // namespace seedscape::cuda
