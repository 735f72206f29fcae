// Causal attention of one head of one row of tokens. Compiled once for each instruction set (see operations.cpp).
//
// Forward, queries go through in blocks and see all keys before them; backward, keys go through in blocks and see all
// queries after them, so that most sums stay in registers. A block's scores stay in the cache, and are made again in
// the backward pass.

#if defined(SEEDSCAPE_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_ATTENTION_INL_H_
#undef SEEDSCAPE_ATTENTION_INL_H_
#else
#define SEEDSCAPE_ATTENTION_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include <hwy/contrib/math/math-inl.h>

#include "product-inl.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

constexpr std::int64_t kQueries = 16;       // of a block, forward
constexpr std::int64_t kKeys = 2 * kLanes;  // of a block, backward

HWY_INLINE std::int64_t round_up(std::int64_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

/// Of a row with n numbers: not a power of two, whose rows would compete for the same cache lines.
HWY_INLINE std::int64_t row_stride(std::int64_t n) { return round_up(n) + 16; }

/// [T, K] -> [K, padded], times `factor`; columns from T on are 0.
HWY_INLINE void transpose(const float* HWY_RESTRICT in, std::int64_t stride, std::int64_t T, std::int64_t K,
                          std::int64_t padded, float factor, float* HWY_RESTRICT out) {
  for (std::int64_t t = 0; t < T; ++t) {
    for (std::int64_t k = 0; k < K; ++k) out[k * padded + t] = in[t * stride + k] * factor;
  }
  for (std::int64_t k = 0; k < K; ++k) std::fill(out + k * padded + T, out + (k + 1) * padded, 0.0f);
}

/// [T, K] out of wider rows.
HWY_INLINE void copy_rows(const float* HWY_RESTRICT in, std::int64_t stride, std::int64_t T, std::int64_t K,
                          std::int64_t out_stride, float* HWY_RESTRICT out) {
  for (std::int64_t t = 0; t < T; ++t) std::copy(in + t * stride, in + t * stride + K, out + t * out_stride);
}

HWY_NOINLINE void attention(const AttentionArgs& args, float* scratch) {
  const Lanes lanes;
  const auto& [T, K, stride, q, k, v, out, out_stride, log_sum, log_sum_stride] = args;
  const std::int64_t padded = row_stride(T), value_stride = row_stride(K);
  float *const keys = scratch, *const scores = keys + K * padded;  // [K, padded], [block, padded]
  float* const values = scores + kQueries * padded;                // [T, K]
  copy_rows(v, stride, T, K, value_stride, values);
  transpose(k, stride, T, K, padded, 1 / std::sqrt(static_cast<float>(K)), keys);
  for (std::int64_t first = 0; first < T; first += kQueries) {
    const std::int64_t queries = std::min(kQueries, T - first), seen = first + queries;
    product({.rows = queries,
             .columns = round_up(seen),
             .depth = K,
             .a = q + first * stride,
             .a_row = stride,
             .a_column = 1,
             .b = keys,
             .b_row = padded,
             .c = scores,
             .c_row = padded});
    float factors[kQueries], highests[kQueries], sums_of_rows[kQueries + kLanes] = {};
    for (std::int64_t i = 0; i < queries; ++i) {
      float* const row = scores + i * padded;
      const std::int64_t own = first + i + 1;  // keys that this query sees
      Vector most = all(row[0]);
      for_vectors(own,
                  [&](auto access, std::int64_t j) HWY_ATTR { most = hn::Max(most, access.load_or(row + j, most)); });
      const float highest = hn::GetLane(hn::MaxOfLanes(lanes, most));
      Vector sums = all(0);
      for_vectors(own, [&](auto access, std::int64_t j) HWY_ATTR {
        const Vector p = access.only(exp_of(hn::Sub(access.load(row + j), all(highest))));
        hn::StoreU(p, lanes, row + j);
        sums = hn::Add(sums, p);
      });
      std::fill(row + own, row + seen, 0.0f);
      const float sum = sum_of(sums);
      factors[i] = 1 / sum;
      highests[i] = highest;
      sums_of_rows[i] = sum;
    }
    for_vectors(queries, [&](auto access, std::int64_t i) HWY_ATTR {
      access.store(hn::Log(lanes, access.load_or(sums_of_rows + i, all(1))), sums_of_rows + i);
    });
    for (std::int64_t i = 0; i < queries; ++i) log_sum[(first + i) * log_sum_stride] = highests[i] + sums_of_rows[i];
    product({.rows = queries,
             .columns = K,
             .depth = seen,
             .a = scores,
             .a_row = padded,
             .a_column = 1,
             .b = values,
             .b_row = value_stride,
             .c = out + first * out_stride,
             .c_row = out_stride});
    for (std::int64_t i = 0; i < queries; ++i) {
      float* const row = out + (first + i) * out_stride;
      for_vectors(K, [&](auto access, std::int64_t j)
                         HWY_ATTR { access.store(hn::Mul(access.load(row + j), all(factors[i])), row + j); });
    }
  }
}

HWY_NOINLINE void attention_gradient(const AttentionArgs& args, const AttentionGradientArgs& d, float* scratch) {
  const auto& [T, K, stride, q, k, v, out, out_stride, log_sum, log_sum_stride] = args;
  const float scale = 1 / std::sqrt(static_cast<float>(K));
  const std::int64_t row = row_stride(K);
  float *const queries = scratch, *const da = queries + T * row;               // [T, K] both
  float *const p = da + T * row, *const d_scores = p + T * kKeys;              // [T, keys] both
  float *const keys = d_scores + T * kKeys, *const values = keys + K * kKeys;  // [K, keys] both
  float* const own = values + K * kKeys;                                       // [T], da . out
  copy_rows(q, stride, T, K, row, queries);
  copy_rows(d.da, d.da_stride, T, K, row, da);
  for (std::int64_t t = 0; t < T; ++t) {
    Vector sum = all(0);
    for_vectors(K, [&](auto access, std::int64_t j) HWY_ATTR {
      sum = hn::MulAdd(access.load(out + t * out_stride + j), access.load(da + t * row + j), sum);
    });
    own[t] = sum_of(sum);
  }
  for (std::int64_t first = 0; first < T; first += kKeys) {
    const std::int64_t count = std::min(kKeys, T - first), seers = T - first;  // queries that see the block's keys
    const float *const block_queries = queries + first * row, *const block_da = da + first * row;
    transpose(k + first * stride, stride, count, K, kKeys, scale, keys);
    transpose(v + first * stride, stride, count, K, kKeys, 1, values);
    product({.rows = seers,
             .columns = kKeys,
             .depth = K,
             .a = block_queries,
             .a_row = row,
             .a_column = 1,
             .b = keys,
             .b_row = kKeys,
             .c = p,
             .c_row = kKeys});
    product({.rows = seers,
             .columns = kKeys,
             .depth = K,
             .a = block_da,
             .a_row = row,
             .a_column = 1,
             .b = values,
             .b_row = kKeys,
             .c = d_scores,
             .c_row = kKeys});
    for (std::int64_t i = 0; i < seers; ++i) {
      const Vector log_of_sum = all(log_sum[(first + i) * log_sum_stride]), mean = all(own[first + i]);
      for (std::int64_t j = 0; j < kKeys; j += kLanes) {
        float *const place = p + i * kKeys + j, *const d_place = d_scores + i * kKeys + j;
        const Vector probability = exp_of(hn::Sub(hn::LoadU(Lanes(), place), log_of_sum));
        hn::StoreU(probability, Lanes(), place);
        const Vector change = hn::Mul(probability, hn::Sub(hn::LoadU(Lanes(), d_place), mean));
        hn::StoreU(hn::Mul(change, all(scale)), Lanes(), d_place);
      }
    }
    for (std::int64_t i = 0; i < count; ++i) {  // the future of the block's own queries
      std::fill(p + i * kKeys + i + 1, p + (i + 1) * kKeys, 0.0f);
      std::fill(d_scores + i * kKeys + i + 1, d_scores + (i + 1) * kKeys, 0.0f);
    }
    product({.rows = count,
             .columns = K,
             .depth = seers,
             .a = p,
             .a_row = 1,
             .a_column = kKeys,
             .b = block_da,
             .b_row = row,
             .c = d.dv + first * d.stride,
             .c_row = d.stride});
    product({.rows = count,
             .columns = K,
             .depth = seers,
             .a = d_scores,
             .a_row = 1,
             .a_column = kKeys,
             .b = block_queries,
             .b_row = row,
             .c = d.dk + first * d.stride,
             .c_row = d.stride});
    product({.rows = seers,
             .columns = K,
             .depth = count,
             .a = d_scores,
             .a_row = kKeys,
             .a_column = 1,
             .b = k + first * stride,
             .b_row = stride,
             .c = d.dq + first * d.stride,
             .c_row = d.stride,
             .start = first == 0 ? Start::zero : Start::sum});
  }
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
