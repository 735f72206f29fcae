#pragma once
// Long sums by one block, in a fixed order: no atomics, so the same numbers give the same bits.

#include "team.cuh"

namespace seedscape::cuda {

/// The sum of term(begin), ..., term(end - 1) by the whole block; valid in its first warp.
///
/// Shapes: shared [warps, lanes]
template <class Term>
__device__ double sum_of_terms(const Team& team, std::int64_t begin, std::int64_t end, const Term& term,
                               double* shared) {
  double sum = 0;
  for (std::int64_t i = begin + team.warp * team.lanes + team.lane; i < end; i += team.warps * team.lanes)
    sum += term(i);
  return team.sum(sum_over_warps(team, sum, shared));
}

/// The sum of term(0), ..., term(N - 1), each lane its own column: warps take stretches of rows. Valid in the first
/// warp.
///
/// Shapes: shared [warps, lanes]
template <class Term>
__device__ float sum_of_rows(const Team& team, std::int64_t N, const Term& term, float* shared) {
  const std::int64_t stretch = (N + team.warps - 1) / team.warps;
  const std::int64_t begin = team.warp * stretch, end = begin + stretch < N ? begin + stretch : N;
  float sum = 0;
  for (std::int64_t n = begin; n < end; ++n) sum += term(n);
  return sum_over_warps(team, sum, shared);
}

}  // namespace seedscape::cuda
