// Cross entropy and its gradient, by one warp a row.

#include "grid.cuh"
#include "sums.cuh"

namespace seedscape::cuda {

namespace {

/// The row's cross entropy; the logits [V] become their gradient times `weight`. A negative target is not counted.
__device__ float cross_entropy_row(const Team& team, float* logits, std::int32_t target, float weight, int V) {
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

constexpr int kWarps = 8;      // of a block, a row each
constexpr int kSumWarps = 32;  // of the one block that adds up a seed's rows

__global__ void rows_kernel(Size size, Rows<float> logits, Rows<const std::int32_t> targets, const double* weight,
                            float* row_loss) {
  const Team team;
  const std::int64_t s = blockIdx.y, n = std::int64_t{blockIdx.x} * kWarps + team.warp;
  if (n >= size.N) return;
  const float loss = cross_entropy_row(team, logits.row(s, n), *targets.row(s, n), static_cast<float>(weight[s]),
                                       static_cast<int>(size.C));
  if (team.lane == 0) row_loss[s * size.N + n] = loss;
}

__global__ void sum_kernel(std::int64_t N, const float* row_loss, const double* weight, double* loss) {
  __shared__ double shared[kSumWarps * Team::lanes];
  const Team team;
  const float* const rows = row_loss + blockIdx.x * N;
  const double sum = sum_of_terms(
      team, 0, N, [&](std::int64_t n) { return static_cast<double>(rows[n]); }, shared);
  if (threadIdx.x == 0) loss[blockIdx.x] += sum * weight[blockIdx.x];
}

}  // namespace

void cross_entropy(const Size& size, const Rows<float>& logits, const Rows<const std::int32_t>& targets,
                   const double* weight, float* row_loss, double* loss, cudaStream_t stream) {
  launch(rows_kernel, {blocks(size.N, kWarps, size.S), kWarps * Team::lanes}, stream, size, logits, targets, weight,
         row_loss);
  launch(sum_kernel, {static_cast<unsigned>(size.S), kSumWarps * Team::lanes}, stream, size.N, row_loss, weight, loss);
}

}  // namespace seedscape::cuda
