// Causal attention of one head over one row of T tokens, by one block; keys and values lie in shared memory, every sum
// has a fixed order.

#include "grid.cuh"
#include "operand.cuh"
#include "team.cuh"

namespace seedscape::cuda {

namespace {

/// One head of one row in global memory: q, k, v of a token side by side, tokens `stride` apart.
template <class Number>
struct Head {
  Number* q = nullptr;
  std::int64_t stride = 0;
  int K = 0;

  __device__ Number* query(int t) const { return q + t * stride; }
  __device__ Number* key(int t) const { return q + t * stride + K; }
  __device__ Number* value(int t) const { return q + t * stride + 2 * K; }
};

/// [T, K] numbers `stride` apart, in global or shared memory.
template <class Number>
struct Tokens {
  Number* data = nullptr;
  std::int64_t stride = 0;

  __device__ Number* operator[](int t) const { return data + t * stride; }
};

/// Shared memory of a block: two copies of [T, K] with a spare column, so that lanes that read one column of
/// neighbouring rows meet different banks, and two lines of T numbers for each warp and two for the block.
template <class Number>
struct AttentionMemory {
  Tokens<Number> first, second;
  float* lines;  // [warps, 2, T]
  float *log_sum, *own;

  __device__ AttentionMemory(void* shared, int T, int K, int warps)
      : lines(static_cast<float*>(shared)), log_sum(lines + 2 * warps * T), own(log_sum + T) {
    auto* const copies = reinterpret_cast<Number*>(own + T);
    first = {copies, K + 1};
    second = {copies + static_cast<std::int64_t>(T) * (K + 1), K + 1};
  }
};

std::int64_t attention_memory_bytes(int T, int K, int warps, std::int64_t operand_bytes) {
  return static_cast<std::int64_t>(T) * (2 * (K + 1) * operand_bytes + (2 * warps + 2) * 4);
}

template <class A, class B>
__device__ float dot(const A* a, const B* b, int K) {
  float sum = 0;
  for (int d = 0; d < K; ++d) sum += static_cast<float>(a[d]) * static_cast<float>(b[d]);
  return sum;
}

/// Copies [T, K] into shared memory; sync() before it is read.
template <class From, class Number>
__device__ void copy_tokens(const Team& team, const From& from, const Tokens<Number>& to, int T, int K) {
  for (int t = team.warp; t < T; t += team.warps) {
    for (int d = team.lane; d < K; d += team.lanes) to[t][d] = from(t)[d];
  }
}

/// a = the attended values [T, K], log_sum [T] (log_stride apart).   See Kernels::attention
template <class Number>
__device__ void attend(const Team& team, const Head<const Number>& head, const Tokens<Number>& a, float* log_sum,
                       std::int64_t log_stride, int T, void* shared) {
  const int K = head.K;
  const AttentionMemory<Number> memory(shared, T, K, team.warps);
  copy_tokens(
      team, [&](int t) { return head.key(t); }, memory.first, T, K);
  copy_tokens(
      team, [&](int t) { return head.value(t); }, memory.second, T, K);
  team.sync();
  const float scale = 1 / sqrtf(static_cast<float>(K));
  float* const p = memory.lines + 2 * team.warp * T;
  for (int i = team.warp; i < T; i += team.warps) {
    float largest = -INFINITY;
    for (int j = team.lane; j <= i; j += team.lanes) {
      p[j] = dot(head.query(i), memory.first[j], K) * scale;
      largest = fmaxf(largest, p[j]);
    }
    largest = team.max(largest);
    float sum = 0;
    for (int j = team.lane; j <= i; j += team.lanes) sum += expf(p[j] - largest);
    const float logarithm = largest + logf(team.sum(sum));
    for (int j = team.lane; j <= i; j += team.lanes) p[j] = expf(p[j] - logarithm);
    team.sync_warp();
    for (int d = team.lane; d < K; d += team.lanes) {
      float value = 0;
      for (int j = 0; j <= i; ++j) value += p[j] * static_cast<float>(memory.second[j][d]);
      a[i][d] = static_cast<Number>(value);
    }
    if (team.lane == 0) log_sum[i * log_stride] = logarithm;
    team.sync_warp();  // p is read before the next query's is written
  }
}

/// d = the gradient of head, from da [T, K]; a and log_sum as attend() left them.   See Kernels::attention_gradient
///
/// Queries first, a warp each, over keys and values in shared memory: d.q. Then keys, a warp each, over queries and da
/// in shared memory: d.k and d.v, with the scores made a second time, so that no two warps add to one number.
template <class Number>
__device__ void attend_gradient(const Team& team, const Head<const Number>& head, const Tokens<const Number>& a,
                                const float* log_sum, std::int64_t log_stride, const Tokens<const Number>& da,
                                const Head<Number>& d, int T, void* shared) {
  const int K = head.K;
  const AttentionMemory<Number> memory(shared, T, K, team.warps);
  const float scale = 1 / sqrtf(static_cast<float>(K));
  float* const p = memory.lines + 2 * team.warp * T;
  float* const ds = p + T;
  copy_tokens(
      team, [&](int t) { return head.key(t); }, memory.first, T, K);
  copy_tokens(
      team, [&](int t) { return head.value(t); }, memory.second, T, K);
  for (int i = team.warp; i < T; i += team.warps) {
    float own = 0;
    for (int k = team.lane; k < K; k += team.lanes) own += static_cast<float>(a[i][k]) * static_cast<float>(da[i][k]);
    own = team.sum(own);
    if (team.lane == 0) {
      memory.own[i] = own;
      memory.log_sum[i] = log_sum[i * log_stride];
    }
  }
  team.sync();
  const auto probability = [&](float score, int i) { return expf(score * scale - memory.log_sum[i]); };
  for (int i = team.warp; i < T; i += team.warps) {
    for (int j = team.lane; j <= i; j += team.lanes) {
      const float share = probability(dot(head.query(i), memory.first[j], K), i);
      ds[j] = share * (dot(da[i], memory.second[j], K) - memory.own[i]) * scale;
    }
    team.sync_warp();
    for (int k = team.lane; k < K; k += team.lanes) {
      float value = 0;
      for (int j = 0; j <= i; ++j) value += ds[j] * static_cast<float>(memory.first[j][k]);
      d.query(i)[k] = static_cast<Number>(value);
    }
    team.sync_warp();
  }
  team.sync();  // the last key is read
  copy_tokens(
      team, [&](int t) { return head.query(t); }, memory.first, T, K);
  copy_tokens(
      team, [&](int t) { return da[t]; }, memory.second, T, K);
  team.sync();
  for (int j = team.warp; j < T; j += team.warps) {
    for (int i = j + team.lane; i < T; i += team.lanes) {
      p[i] = probability(dot(head.key(j), memory.first[i], K), i);
      ds[i] = p[i] * (dot(head.value(j), memory.second[i], K) - memory.own[i]) * scale;
    }
    team.sync_warp();
    for (int k = team.lane; k < K; k += team.lanes) {
      float dk = 0, dv = 0;
      for (int i = j; i < T; ++i) {
        dk += ds[i] * static_cast<float>(memory.first[i][k]);
        dv += p[i] * static_cast<float>(memory.second[i][k]);
      }
      d.key(j)[k] = static_cast<Number>(dk);
      d.value(j)[k] = static_cast<Number>(dv);
    }
    team.sync_warp();
  }
}

constexpr int kWarps = 8;

std::int64_t shared_bytes(const AttentionSize& size, Operand type) {
  return attention_memory_bytes(size.T, size.K, kWarps, type == Operand::bf16 ? 2 : 4);
}

/// A block's head: blockIdx.x = row H + h, blockIdx.y = seed.
struct Place {
  std::int64_t s, first;  // first token of the row
  int h;
};
__device__ Place place_of(const AttentionSize& size) {
  return {blockIdx.y, std::int64_t{blockIdx.x / static_cast<unsigned>(size.H)} * size.T,
          static_cast<int>(blockIdx.x % static_cast<unsigned>(size.H))};
}

template <class Number>
__device__ Head<Number> head_at(const Rows<Number>& z, const Place& place, int K) {
  return {z.row(place.s, place.first) + std::int64_t{place.h} * 3 * K, z.row_stride, K};
}

template <class Number>
__device__ Tokens<Number> tokens_at(const Rows<Number>& a, const Place& place, int K) {
  return {a.row(place.s, place.first) + std::int64_t{place.h} * K, a.row_stride};
}

template <class Number>
__global__ void attention_kernel(AttentionSize size, Rows<const Number> z, Rows<Number> a, float* log_sum) {
  const Place place = place_of(size);
  attend(Team(), head_at(z, place, size.K), tokens_at(a, place, size.K),
         log_sum + (place.s * size.N + place.first) * size.H + place.h, size.H, size.T, dynamic_shared());
}

template <class Number>
__global__ void attention_gradient_kernel(AttentionSize size, Rows<const Number> z, Rows<const Number> a,
                                          const float* log_sum, Rows<const Number> da, Rows<Number> dz) {
  const Place place = place_of(size);
  attend_gradient(Team(), head_at(z, place, size.K), tokens_at(a, place, size.K),
                  log_sum + (place.s * size.N + place.first) * size.H + place.h, size.H, tokens_at(da, place, size.K),
                  head_at(dz, place, size.K), size.T, dynamic_shared());
}

dim3 grid_of(const AttentionSize& size) { return blocks(size.N / size.T * size.H, 1, size.S); }

}  // namespace

bool attention_fits(const AttentionSize& size, Operand type) {
  int device = 0, most = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) == cudaSuccess &&
         shared_bytes(size, type) <= most;
}

void attention(const AttentionSize& size, const OperandRows& z, const OperandRows& a, float* log_sum,
               cudaStream_t stream) {
  const auto bytes = static_cast<std::size_t>(shared_bytes(size, z.type));
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    launch(attention_kernel<Number>, {grid_of(size), kWarps * Team::lanes, bytes}, stream, size,
           rows_of<const Number>(z), rows_of<Number>(a), log_sum);
  });
}

void attention_gradient(const AttentionSize& size, const OperandRows& z, const OperandRows& a, const float* log_sum,
                        const OperandRows& da, const OperandRows& dz, cudaStream_t stream) {
  const auto bytes = static_cast<std::size_t>(shared_bytes(size, z.type));
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    launch(attention_gradient_kernel<Number>, {grid_of(size), kWarps * Team::lanes, bytes}, stream, size,
           rows_of<const Number>(z), rows_of<const Number>(a), log_sum, rows_of<const Number>(da), rows_of<Number>(dz));
  });
}

}  // namespace seedscape::cuda
