#pragma once
// The kernels' launches: plain pointers and sizes, no Torch. Each puts work on `stream` and returns; what it computes
// is said at the operation of the same name in train/fused/kernels.h. A seed has blocks of its own, so that its numbers
// depend on no other seed and not on S.

#include <cstdint>

#include <cuda_runtime_api.h>

#include "rows.h"

namespace seedscape::cuda {

enum class Operand { fp32, bf16 };

/// Rows of operands: the type is known when the program runs.
struct OperandRows {
  void* data = nullptr;
  Operand type = Operand::fp32;
  std::int64_t seed_stride = 0, row_stride = 0;
};

/// The view with its type.
template <class T>
Rows<T> rows_of(const OperandRows& rows) {
  return {static_cast<T*>(rows.data), rows.seed_stride, rows.row_stride};
}

/// Requires of every launch: S <= kMostBlocks, N C < kMostNumbers
struct Size {
  std::int64_t S = 0, N = 0, C = 0;  // seeds, rows, columns
};
inline constexpr std::int64_t kMostBlocks = 65535;  // of a grid, in y and z
inline constexpr std::int64_t kMostNumbers = std::int64_t{1} << 31;

void normalize(const Size& size, const Rows<const float>& x, const OperandRows& normal, float* inverse_deviation,
               float epsilon, cudaStream_t stream);

/// dx_operand.data null = dx has no copy
void normalize_gradient(const Size& size, const OperandRows& normal, const float* inverse_deviation,
                        const OperandRows& d_normal, const Rows<float>& dx, const OperandRows& dx_operand, bool add,
                        cudaStream_t stream);

/// Sizes of a rotation; C of `size` is not used.
struct Rotation {
  const float *cosine = nullptr, *sine = nullptr;  // [T, half]
  std::uint32_t T = 0, H = 0, K = 0, half = 0;
  bool backwards = false;
};
void rotate(const Size& size, const OperandRows& z, const Rotation& rotation, cudaStream_t stream);

void gelu(const Size& size, const OperandRows& z, const OperandRows& a, cudaStream_t stream);

/// dz = da o derivative
void multiply(const Size& size, const OperandRows& derivative, const OperandRows& da, const OperandRows& dz,
              cudaStream_t stream);

/// y += bias [S, C], bias_stride from seed to seed
void add_bias(const Size& size, const OperandRows& y, const float* bias, std::int64_t bias_stride, cudaStream_t stream);

/// C = V. row_loss [S, N] is working memory.
void cross_entropy(const Size& size, const Rows<float>& logits, const Rows<const std::int32_t>& targets,
                   const double* weight, float* row_loss, double* loss, cudaStream_t stream);

/// C = D; tokens are rows of one column. Requires of the gradient: V <= kMostBlocks
void embed(const Size& size, const Rows<const std::int32_t>& tokens, const Rows<const float>& table,
           const Rows<float>& x, cudaStream_t stream);
void embed_gradient(const Size& size, std::int64_t V, const Rows<const std::int32_t>& tokens,
                    const Rows<const float>& dx, const Rows<float>& d_table, bool add, cudaStream_t stream);

/// target[s, c] (+)= the sum of y[s, n, c] over n
void sum_rows(const Size& size, const OperandRows& y, float* target, std::int64_t target_stride, bool add,
              cudaStream_t stream);

/// N = out, C = in. A pointer of `vectors` may be null.
struct FoldVectors {
  const float *bias = nullptr, *scale = nullptr, *shift = nullptr;  // [S, out], [S, in], [S, in]
  std::int64_t seed_stride = 0;                                     // of each
};
void fold(const Size& size, const Rows<const float>& weight, const FoldVectors& vectors, const OperandRows& target,
          float* target_bias, std::int64_t target_bias_stride, cudaStream_t stream);

/// Gradients of the vectors and of the weight; as FoldVectors.
struct UnfoldVectors {
  float *bias = nullptr, *scale = nullptr, *shift = nullptr;
  std::int64_t seed_stride = 0;
};
void unfold(const Size& size, const Rows<const float>& weight, const FoldVectors& vectors,
            const Rows<const float>& d_folded_weight, const float* d_folded_bias, std::int64_t d_folded_bias_stride,
            const Rows<float>& d_weight, const UnfoldVectors& d, cudaStream_t stream);

/// N rows of T tokens; C = 3 D. log_sum [S, N, H].
struct AttentionSize {
  std::int64_t S = 0, N = 0;
  int T = 0, H = 0, K = 0;
};
/// Whether one head fits into a block's shared memory on the present device.
bool attention_fits(const AttentionSize& size, Operand type);
void attention(const AttentionSize& size, const OperandRows& z, const OperandRows& a, float* log_sum,
               cudaStream_t stream);
void attention_gradient(const AttentionSize& size, const OperandRows& z, const OperandRows& a, const float* log_sum,
                        const OperandRows& da, const OperandRows& dz, cudaStream_t stream);

/// Numbers of a seed that one block adds up.
inline constexpr std::int64_t kNormChunk = 1 << 15;

/// Working memory that gradient_norm needs for each seed, in doubles.
inline std::int64_t norm_chunks(std::int64_t P) { return (P + kNormChunk - 1) / kNormChunk; }

/// gradient [S, P]; partial [S, norm_chunks(P)]; norm [S]
void gradient_norm(std::int64_t S, std::int64_t P, const float* gradient, double* partial, double* norm,
                   cudaStream_t stream);

/// As AdamWState. `begin` and `size`: the stretch of each seed's P numbers that decays by weight_decay.
struct AdamW {
  std::int64_t S = 0, P = 0, begin = 0, size = 0;
  float *weights = nullptr, *first_moment = nullptr, *second_moment = nullptr;
  const float* gradient = nullptr;
  const double *norm = nullptr, *rates = nullptr;
  const std::uint8_t* active = nullptr;
  double weight_decay = 0, clip_norm = 0;
};
void adamw(const AdamW& state, cudaStream_t stream);

}  // namespace seedscape::cuda
