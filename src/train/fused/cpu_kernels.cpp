#include "cpu_kernels.h"

#include <algorithm>
#include <cmath>

namespace seedscape {

namespace {

using torch::Tensor;

std::int64_t seeds_of(const Tensor& tensor) { return tensor.size(0); }

float* row_of_seed(const Tensor& tensor, std::int64_t s) {
  return tensor.defined() ? static_cast<float*>(tensor.mutable_data_ptr()) + s * tensor.stride(0) : nullptr;
}

/// Seed s of a tensor [S, rows, columns].
Rows rows_of(const Tensor& tensor, std::int64_t s) {
  return {row_of_seed(tensor, s), tensor.size(1), tensor.size(2), tensor.stride(1)};
}

ConstRows const_rows(const Tensor& tensor, std::int64_t s) {
  return {row_of_seed(tensor, s), tensor.size(1), tensor.size(2), tensor.stride(1)};
}

const std::int32_t* ids_of_seed(const Tensor& ids, std::int64_t s) {
  return static_cast<const std::int32_t*>(ids.const_data_ptr()) + s * ids.stride(0);
}

FoldArgs fold_args(const LinearParameters& parameters, std::int64_t s) {
  return {const_rows(parameters.weight, s), row_of_seed(parameters.bias, s), row_of_seed(parameters.scale, s),
          row_of_seed(parameters.shift, s)};
}

/// Head h of the row of tokens that begins at token n.
AttentionArgs head_of(const Rows& z, const Rows& a, const Rows& log_sum, std::int64_t n, std::int64_t T, std::int64_t K,
                      std::int64_t h) {
  const float* const q = z.data + n * z.stride + 3 * K * h;
  return {.T = T,
          .K = K,
          .stride = z.stride,
          .q = q,
          .k = q + K,
          .v = q + 2 * K,
          .out = a.data + n * a.stride + K * h,
          .out_stride = a.stride,
          .log_sum = log_sum.data + n * log_sum.stride + h,
          .log_sum_stride = log_sum.stride};
}

}  // namespace

float* CpuKernels::scratch(std::int64_t T, std::int64_t K) {
  const std::size_t needed = attention_scratch(T, K);
  if (scratch_.size() < needed) scratch_.resize(needed);
  return scratch_.data();
}

void CpuKernels::fold(const LinearParameters& parameters, const Linear& target) {
  for (std::int64_t s = 0; s < seeds_of(target.weight); ++s) {
    simd_.fold(fold_args(parameters, s), rows_of(target.weight, s), rows_of(target.transposed, s),
               row_of_seed(target.bias, s));
  }
}

void CpuKernels::unfold(const LinearParameters& parameters, const Linear& d_folded, const LinearParameters& d) {
  for (std::int64_t s = 0; s < seeds_of(d_folded.weight); ++s) {
    simd_.unfold(fold_args(parameters, s), const_rows(d_folded.weight, s), row_of_seed(d_folded.bias, s),
                 {rows_of(d.weight, s), row_of_seed(d.bias, s), row_of_seed(d.scale, s), row_of_seed(d.shift, s)});
  }
}

void CpuKernels::embed(const Tensor& tokens, const Tensor& table, const Tensor& x) {
  for (std::int64_t s = 0; s < seeds_of(x); ++s) {
    const std::int32_t* const ids = ids_of_seed(tokens, s);
    const Rows rows = rows_of(table, s), out = rows_of(x, s);
    for (std::int64_t n = 0; n < out.rows; ++n) {
      const float* const row = rows.data + ids[n] * rows.stride;
      std::copy(row, row + out.columns, out.data + n * out.stride);
    }
  }
}

void CpuKernels::embed_gradient(const Tensor& tokens, const Tensor& dx, const Tensor& d_table, bool add) {
  for (std::int64_t s = 0; s < seeds_of(dx); ++s) {
    const std::int32_t* const ids = ids_of_seed(tokens, s);
    const Rows rows = rows_of(d_table, s), in = rows_of(dx, s);
    if (!add) std::fill(rows.data, rows.data + rows.rows * rows.stride, 0.0f);
    for (std::int64_t n = 0; n < in.rows; ++n) {
      float* const row = rows.data + ids[n] * rows.stride;
      for (std::int64_t i = 0; i < in.columns; ++i) row[i] += in.data[n * in.stride + i];
    }
  }
}

void CpuKernels::normalize(const Tensor& x, const Tensor& normal, const Tensor& inverse_deviation) {
  for (std::int64_t s = 0; s < seeds_of(x); ++s)
    simd_.normalize(const_rows(x, s), rows_of(normal, s), row_of_seed(inverse_deviation, s), kLayerNormEpsilon);
}

void CpuKernels::normalize_gradient(const Tensor& normal, const Tensor& inverse_deviation, const Tensor& d_normal,
                                    const Tensor& dx, const Tensor&, bool add) {
  for (std::int64_t s = 0; s < seeds_of(dx); ++s) {
    simd_.normalize_gradient(const_rows(normal, s), row_of_seed(inverse_deviation, s), const_rows(d_normal, s),
                             rows_of(dx, s), add);
  }
}

void CpuKernels::linear(const Tensor& x, const Linear& layer, const Tensor& y, bool add) {
  for (std::int64_t s = 0; s < seeds_of(x); ++s) {
    const Rows a = rows_of(x, s), b = rows_of(layer.transposed, s), c = rows_of(y, s);
    simd_.product({.rows = a.rows,
                   .columns = b.columns,
                   .depth = a.columns,
                   .a = a.data,
                   .a_row = a.stride,
                   .a_column = 1,
                   .b = b.data,
                   .b_row = b.stride,
                   .c = c.data,
                   .c_row = c.stride,
                   .start = add ? Start::sum_and_bias : Start::bias,
                   .bias = row_of_seed(layer.bias, s)});
  }
}

void CpuKernels::linear_input_gradient(const Tensor& dy, const Linear& layer, const Tensor& dx) {
  for (std::int64_t s = 0; s < seeds_of(dy); ++s) {
    const Rows a = rows_of(dy, s), b = rows_of(layer.weight, s), c = rows_of(dx, s);
    simd_.product({.rows = a.rows,
                   .columns = b.columns,
                   .depth = a.columns,
                   .a = a.data,
                   .a_row = a.stride,
                   .a_column = 1,
                   .b = b.data,
                   .b_row = b.stride,
                   .c = c.data,
                   .c_row = c.stride});
  }
}

void CpuKernels::linear_weight_gradient(const Tensor& dy, const Tensor& x, const Linear& d, bool add) {
  for (std::int64_t s = 0; s < seeds_of(dy); ++s) {
    const Rows a = rows_of(dy, s), b = rows_of(x, s), c = rows_of(d.weight, s);
    simd_.product({.rows = a.columns,
                   .columns = b.columns,
                   .depth = a.rows,
                   .a = a.data,
                   .a_row = 1,
                   .a_column = a.stride,
                   .b = b.data,
                   .b_row = b.stride,
                   .c = c.data,
                   .c_row = c.stride,
                   .start = add ? Start::sum : Start::zero});
    simd_.add_rows(const_rows(dy, s), row_of_seed(d.bias, s), add);
  }
}

void CpuKernels::rotate(const Tensor& z, const Tensor& cosine, const Tensor& sine, std::int64_t K, bool backwards) {
  const std::int64_t T = cosine.size(0), half = cosine.size(1), heads = z.size(2) / (3 * K);
  const float sign = backwards ? -1.0f : 1.0f;
  const float *const cosines = row_of_seed(cosine, 0), *const sines = row_of_seed(sine, 0);
  for (std::int64_t s = 0; s < seeds_of(z); ++s) {
    const Rows rows = rows_of(z, s);
    for (std::int64_t n = 0; n < rows.rows; ++n) {
      const float *const c = cosines + n % T * half, *const turn = sines + n % T * half;
      float* q = rows.data + n * rows.stride;
      for (std::int64_t h = 0; h < heads; ++h, q += 3 * K) {
        float* const k = q + K;
        for (std::int64_t i = 0; i < half; ++i) {
          const float angle_cosine = c[i], angle_sine = sign * turn[i];
          const float q_low = q[i], q_high = q[half + i], k_low = k[i], k_high = k[half + i];
          q[i] = q_low * angle_cosine - q_high * angle_sine;
          q[half + i] = q_high * angle_cosine + q_low * angle_sine;
          k[i] = k_low * angle_cosine - k_high * angle_sine;
          k[half + i] = k_high * angle_cosine + k_low * angle_sine;
        }
      }
    }
  }
}

void CpuKernels::attention(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a, const Tensor& log_sum) {
  for (std::int64_t s = 0; s < seeds_of(z); ++s) {
    const Rows qkv = rows_of(z, s), out = rows_of(a, s), sums = rows_of(log_sum, s);
    for (std::int64_t n = 0; n < qkv.rows; n += T) {
      for (std::int64_t h = 0; h < out.columns / K; ++h)
        simd_.attention(head_of(qkv, out, sums, n, T, K, h), scratch(T, K));
    }
  }
}

void CpuKernels::attention_gradient(const Tensor& z, std::int64_t T, std::int64_t K, const Tensor& a,
                                    const Tensor& log_sum, const Tensor& da, const Tensor& dz) {
  for (std::int64_t s = 0; s < seeds_of(z); ++s) {
    const Rows qkv = rows_of(z, s), out = rows_of(a, s), sums = rows_of(log_sum, s), d_out = rows_of(da, s),
               d_qkv = rows_of(dz, s);
    for (std::int64_t n = 0; n < qkv.rows; n += T) {
      for (std::int64_t h = 0; h < out.columns / K; ++h) {
        float* const dq = d_qkv.data + n * d_qkv.stride + 3 * K * h;
        simd_.attention_gradient(head_of(qkv, out, sums, n, T, K, h),
                                 {.da = d_out.data + n * d_out.stride + K * h,
                                  .da_stride = d_out.stride,
                                  .dq = dq,
                                  .dk = dq + K,
                                  .dv = dq + 2 * K,
                                  .stride = d_qkv.stride},
                                 scratch(T, K));
      }
    }
  }
}

void CpuKernels::gelu(const Tensor& z, const Tensor& a) {
  for (std::int64_t s = 0; s < seeds_of(z); ++s) simd_.gelu(rows_of(z, s), rows_of(a, s));
}

void CpuKernels::gelu_gradient(const Tensor& derivative, const Tensor& da, const Tensor& dz) {
  for (std::int64_t s = 0; s < seeds_of(dz); ++s)
    simd_.multiply(const_rows(derivative, s), const_rows(da, s), rows_of(dz, s));
}

void CpuKernels::cross_entropy(const Tensor& logits, const Tensor& targets, const Tensor& weight, const Tensor& loss) {
  for (std::int64_t s = 0; s < seeds_of(logits); ++s) {
    loss.mutable_data_ptr<double>()[s] +=
        simd_.cross_entropy(rows_of(logits, s), ids_of_seed(targets, s), weight.const_data_ptr<double>()[s]);
  }
}

void CpuKernels::gradient_norm(const Tensor& gradient, const Tensor& norm) {
  for (std::int64_t s = 0; s < seeds_of(gradient); ++s)
    norm.mutable_data_ptr<double>()[s] = std::sqrt(simd_.square_sum(row_of_seed(gradient, s), gradient.size(1)));
}

void CpuKernels::adamw(const AdamWState& state) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
  const auto* const rates = state.rates.const_data_ptr<double>();
  for (std::int64_t s = 0; s < seeds_of(state.weights); ++s) {
    const double norm = state.norm.const_data_ptr<double>()[s];
    if (!state.active.const_data_ptr<std::uint8_t>()[s] || !std::isfinite(norm)) continue;
    const double clip = state.clip_norm > 0 ? std::min(1.0, state.clip_norm / (norm + 1e-6)) : 1;
    for (const DecayStretch& stretch : state.stretches) {
      simd_.adamw({.weights = row_of_seed(state.weights, s) + stretch.offset,
                   .first_moment = row_of_seed(state.first_moment, s) + stretch.offset,
                   .second_moment = row_of_seed(state.second_moment, s) + stretch.offset,
                   .gradient = row_of_seed(state.gradient, s) + stretch.offset,
                   .clip_factor = static_cast<float>(clip),
                   .keep = static_cast<float>(1 - rates[0] * stretch.weight_decay),
                   .rate = static_cast<float>(rates[0] * rates[1]),
                   .second_correction = static_cast<float>(rates[2]),
                   .beta1 = static_cast<float>(kBeta1),
                   .rest1 = static_cast<float>(1 - kBeta1),
                   .beta2 = static_cast<float>(kBeta2),
                   .rest2 = static_cast<float>(1 - kBeta2),
                   .epsilon = static_cast<float>(kEpsilon)},
                  stretch.size);
    }
  }
}

}  // namespace seedscape
