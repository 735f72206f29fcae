// Causal attention of one head of one row of tokens. Compiled once for each instruction set (see operations.cpp).
//
// Queries go through in blocks, so that a block's scores stay in the cache; scores are made again in the backward pass.

#if defined(SEEDSCAPE_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_ATTENTION_INL_H_
#undef SEEDSCAPE_ATTENTION_INL_H_
#else
#define SEEDSCAPE_ATTENTION_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "product-inl.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

constexpr std::int64_t kQueries = 16;  // of a block
HWY_INLINE std::int64_t round_up(std::int64_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

/// Of a row with T numbers: not a power of two, whose rows would compete for the same cache lines.
HWY_INLINE std::int64_t row_stride(std::int64_t T) { return round_up(T) + 16; }

/// [T, K] -> [K, padded], times `factor`; columns from T on are 0.
HWY_INLINE void transpose(const float* HWY_RESTRICT in, std::int64_t stride, std::int64_t T, std::int64_t K,
                          std::int64_t padded, float factor, float* HWY_RESTRICT out) {
  for (std::int64_t t = 0; t < T; ++t) {
    for (std::int64_t k = 0; k < K; ++k) out[k * padded + t] = in[t * stride + k] * factor;
  }
  for (std::int64_t k = 0; k < K; ++k) std::fill(out + k * padded + T, out + (k + 1) * padded, 0.0f);
}

HWY_NOINLINE void attention(const AttentionArgs& args, float* scratch) {
  const Lanes lanes;
  const auto& [T, K, stride, q, k, v, out, out_stride, log_sum, log_sum_stride] = args;
  const std::int64_t padded = row_stride(T);
  float *const keys = scratch, *const scores = keys + K * padded;  // [K, padded], [block, padded]
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
    float factors[kQueries];
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
      log_sum[(first + i) * log_sum_stride] = highest + std::log(sum);
    }
    product({.rows = queries,
             .columns = K,
             .depth = seen,
             .a = scores,
             .a_row = padded,
             .a_column = 1,
             .b = v,
             .b_row = stride,
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
  const Lanes lanes;
  const auto& [T, K, stride, q, k, v, out, out_stride, log_sum, log_sum_stride] = args;
  const std::int64_t padded = row_stride(T), block = kQueries;
  float *const keys = scratch, *const values = keys + K * padded;              // [K, padded] both
  float *const p = values + K * padded, *const d_scores = p + block * padded;  // [block, padded] both
  const float scale = 1 / std::sqrt(static_cast<float>(K));
  transpose(k, stride, T, K, padded, scale, keys);
  transpose(v, stride, T, K, padded, 1, values);
  // From the last block, which sees every key, so that it sets the gradients of k and v and the others add.
  for (std::int64_t first = (T - 1) / block * block; first >= 0; first -= block) {
    const std::int64_t queries = std::min(block, T - first), seen = first + queries;
    const Start start = seen == T ? Start::zero : Start::sum;
    const float* const da = d.da + first * d.da_stride;
    product({.rows = queries,
             .columns = round_up(seen),
             .depth = K,
             .a = q + first * stride,
             .a_row = stride,
             .a_column = 1,
             .b = keys,
             .b_row = padded,
             .c = p,
             .c_row = padded});
    product({.rows = queries,
             .columns = round_up(seen),
             .depth = K,
             .a = da,
             .a_row = d.da_stride,
             .a_column = 1,
             .b = values,
             .b_row = padded,
             .c = d_scores,
             .c_row = padded});
    for (std::int64_t i = 0; i < queries; ++i) {
      float *const row = p + i * padded, *const d_row = d_scores + i * padded;
      const std::int64_t t = first + i;
      Vector sum = all(0);
      for_vectors(K, [&](auto access, std::int64_t j) HWY_ATTR {
        sum = hn::MulAdd(access.load(out + t * out_stride + j), access.load(da + i * d.da_stride + j), sum);
      });
      const Vector own = all(sum_of(sum)), log_of_sum = all(log_sum[t * log_sum_stride]);
      for_vectors(t + 1, [&](auto access, std::int64_t j) HWY_ATTR {
        const Vector probability = access.only(exp_of(hn::Sub(access.load(row + j), log_of_sum)));
        hn::StoreU(probability, lanes, row + j);
        const Vector change = hn::Mul(probability, hn::Sub(access.load(d_row + j), own));
        hn::StoreU(hn::Mul(change, all(scale)), lanes, d_row + j);
      });
      std::fill(row + t + 1, row + seen, 0.0f);
      std::fill(d_row + t + 1, d_row + seen, 0.0f);
    }
    product({.rows = seen,
             .columns = K,
             .depth = queries,
             .a = p,
             .a_row = 1,
             .a_column = padded,
             .b = da,
             .b_row = d.da_stride,
             .c = d.dv,
             .c_row = d.stride,
             .start = start});
    product({.rows = seen,
             .columns = K,
             .depth = queries,
             .a = d_scores,
             .a_row = 1,
             .a_column = padded,
             .b = q + first * stride,
             .b_row = stride,
             .c = d.dk,
             .c_row = d.stride,
             .start = start});
    product({.rows = queries,
             .columns = K,
             .depth = seen,
             .a = d_scores,
             .a_row = padded,
             .a_column = 1,
             .b = k,
             .b_row = stride,
             .c = d.dq + first * d.stride,
             .c_row = d.stride});
  }
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
