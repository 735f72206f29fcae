// The embedding and its gradient.

#include "grid.cuh"
#include "sums.cuh"

namespace seedscape::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kWarps = 16;  // that share the rows of a sum

__global__ void embed_kernel(Size size, Rows<const std::int32_t> tokens, Rows<const float> table, Rows<float> x) {
  const auto [n, c] = element_of_thread(size);
  const std::int64_t s = blockIdx.y;
  if (n < size.N) x.row(s, n)[c] = table.row(s, *tokens.row(s, n))[c];
}

/// A block has a token of the vocabulary and Team::lanes columns.
__global__ void embed_gradient_kernel(Size size, Rows<const std::int32_t> tokens, Rows<const float> dx,
                                      Rows<float> d_table, bool add) {
  __shared__ float shared[kWarps * Team::lanes];
  const Team team;
  const std::int64_t s = blockIdx.y, v = blockIdx.z, c = std::int64_t{blockIdx.x} * Team::lanes + team.lane;
  const auto term = [&](std::int64_t n) { return c < size.C && *tokens.row(s, n) == v ? dx.row(s, n)[c] : 0.0F; };
  const float sum = sum_of_rows(team, size.N, term, shared);
  if (team.warp > 0 || c >= size.C) return;
  float& target = d_table.row(s, v)[c];
  target = add ? target + sum : sum;
}

}  // namespace

void embed(const Size& size, const Rows<const std::int32_t>& tokens, const Rows<const float>& table,
           const Rows<float>& x, cudaStream_t stream) {
  launch(embed_kernel, {blocks(size.N * size.C, kThreads, size.S), kThreads}, stream, size, tokens, table, x);
}

void embed_gradient(const Size& size, std::int64_t V, const Rows<const std::int32_t>& tokens,
                    const Rows<const float>& dx, const Rows<float>& d_table, bool add, cudaStream_t stream) {
  dim3 grid = blocks(size.C, Team::lanes, size.S);
  grid.z = static_cast<unsigned>(V);
  launch(embed_gradient_kernel, {grid, kWarps * Team::lanes}, stream, size, tokens, dx, d_table, add);
}

}  // namespace seedscape::cuda
