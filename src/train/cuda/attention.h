#pragma once
// Causal attention of one head over one row of T tokens, by one block; keys and values lie in shared memory, every sum
// has a fixed order.

#include <cmath>

#include "team.h"

namespace seedscape::cuda {

/// One head of one row in global memory: q, k, v of a token side by side, tokens `stride` apart.
template <class Operand>
struct Head {
  Operand* q = nullptr;
  std::int64_t stride = 0;
  int K = 0;

  SEEDSCAPE_DEVICE Operand* query(int t) const { return q + t * stride; }
  SEEDSCAPE_DEVICE Operand* key(int t) const { return q + t * stride + K; }
  SEEDSCAPE_DEVICE Operand* value(int t) const { return q + t * stride + 2 * K; }
};

/// [T, K] numbers `stride` apart, in global or shared memory.
template <class Number>
struct Tokens {
  Number* data = nullptr;
  std::int64_t stride = 0;

  SEEDSCAPE_DEVICE Number* operator[](int t) const { return data + t * stride; }
};

/// Shared memory of a block: two copies of [T, K] with a spare column, so that lanes that read one column of
/// neighbouring rows meet different banks, and two lines of T numbers for each warp and two for the block.
template <class Operand>
struct AttentionMemory {
  Tokens<Operand> first, second;
  float* lines;  // [warps, 2, T]
  float *log_sum, *own;

  SEEDSCAPE_DEVICE AttentionMemory(void* shared, int T, int K, int warps)
      : lines(static_cast<float*>(shared)), log_sum(lines + 2 * warps * T), own(log_sum + T) {
    auto* const copies = reinterpret_cast<Operand*>(own + T);
    first = {copies, K + 1};
    second = {copies + static_cast<std::int64_t>(T) * (K + 1), K + 1};
  }
};

inline std::int64_t attention_memory_bytes(int T, int K, int warps, std::int64_t operand_bytes) {
  return static_cast<std::int64_t>(T) * (2 * (K + 1) * operand_bytes + (2 * warps + 2) * 4);
}

template <class A, class B>
SEEDSCAPE_DEVICE float dot(const A* a, const B* b, int K) {
  float sum = 0;
  for (int d = 0; d < K; ++d) sum += static_cast<float>(a[d]) * static_cast<float>(b[d]);
  return sum;
}

/// Copies [T, K] into shared memory; sync() before it is read.
template <class AnyTeam, class From, class Operand>
SEEDSCAPE_DEVICE void copy_tokens(const AnyTeam& team, const From& from, const Tokens<Operand>& to, int T, int K) {
  for (int t = team.warp; t < T; t += team.warps) {
    for (int d = team.lane; d < K; d += team.lanes) to[t][d] = from(t)[d];
  }
}

/// a = the attended values [T, K], log_sum [T] (log_stride apart).   See Kernels::attention
template <class AnyTeam, class Operand>
SEEDSCAPE_DEVICE void attend(const AnyTeam& team, const Head<const Operand>& head, const Tokens<Operand>& a,
                             float* log_sum, std::int64_t log_stride, int T, void* shared) {
  const int K = head.K;
  const AttentionMemory<Operand> memory(shared, T, K, team.warps);
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
      a[i][d] = static_cast<Operand>(value);
    }
    if (team.lane == 0) log_sum[i * log_stride] = logarithm;
    team.sync_warp();  // p is read before the next query's is written
  }
}

/// d = the gradient of head, from da [T, K]; a and log_sum as attend() left them.   See Kernels::attention_gradient
///
/// Queries first, a warp each, over keys and values in shared memory: d.q. Then keys, a warp each, over queries and da
/// in shared memory: d.k and d.v, with the scores made a second time, so that no two warps add to one number.
template <class AnyTeam, class Operand>
SEEDSCAPE_DEVICE void attend_gradient(const AnyTeam& team, const Head<const Operand>& head,
                                      const Tokens<const Operand>& a, const float* log_sum, std::int64_t log_stride,
                                      const Tokens<const Operand>& da, const Head<Operand>& d, int T, void* shared) {
  const int K = head.K;
  const AttentionMemory<Operand> memory(shared, T, K, team.warps);
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
      d.query(i)[k] = static_cast<Operand>(value);
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
      d.key(j)[k] = static_cast<Operand>(dk);
      d.value(j)[k] = static_cast<Operand>(dv);
    }
    team.sync_warp();
  }
}

}  // namespace seedscape::cuda
