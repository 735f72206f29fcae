#pragma once
// What the CPU kernels compute, on plain arrays of one seed's floats, for the widest instruction set that this machine
// has. Rows have contiguous columns and any distance from each other.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace seedscape {

struct Rows {
  float* data;
  std::int64_t rows, columns, stride;
};

struct ConstRows {
  const float* data;
  std::int64_t rows, columns, stride;
};

/// What a product adds its sums to.
enum class Start { zero, bias, sum, sum_and_bias };

/// C = start + A B.
///
/// Shapes: A [rows, depth] with any strides; B [depth, columns] and C [rows, columns] with contiguous columns;
///         bias [columns]
struct ProductArgs {
  std::int64_t rows, columns, depth;
  const float* a;
  std::int64_t a_row, a_column;  // strides
  const float* b;
  std::int64_t b_row;
  float* c;
  std::int64_t c_row;
  Start start = Start::zero;
  const float* bias = nullptr;
  std::int64_t a_tile = 0;  // set by product(): from one tile of rows of A to the next
};

/// One head of one row of tokens: q, k, v [T, K] with a common stride, out [T, K], log_sum [T].
struct AttentionArgs {
  std::int64_t T, K, stride;
  const float *q, *k, *v;
  float* out;  // read by the backward pass
  std::int64_t out_stride;
  float* log_sum;
  std::int64_t log_sum_stride;
};

struct AttentionGradientArgs {
  const float* da;
  std::int64_t da_stride;
  float *dq, *dk, *dv;
  std::int64_t stride;
};

/// A linear layer and the norm in front of it; a null pointer stands for what there is not.
struct FoldArgs {
  ConstRows weight;
  const float *bias, *scale, *shift;
};

struct UnfoldedGradient {
  Rows weight;
  float *bias, *scale, *shift;
};

struct AdamWArgs {
  float *weights, *first_moment, *second_moment;
  const float* gradient;
  float clip_factor, keep, rate, second_correction;  // keep = 1 - rate decay; rate with the first correction in it
  float beta1, rest1, beta2, rest2, epsilon;         // rest = 1 - beta
};

/// One set of functions for each instruction set; kernels.h says what each computes.
struct Operations {
  const char* instruction_set;
  void (*product)(const ProductArgs&);
  void (*normalize)(ConstRows x, Rows normal, float* inverse_deviation, double epsilon);
  void (*normalize_gradient)(ConstRows normal, const float* inverse_deviation, ConstRows d_normal, Rows dx, bool add);
  void (*gelu)(Rows z, Rows a);
  void (*multiply)(ConstRows a, ConstRows b, Rows c);
  void (*add_rows)(ConstRows x, float* sums, bool add);
  double (*cross_entropy)(Rows logits, const std::int32_t* targets, double weight);  // the loss, weighted
  void (*attention)(const AttentionArgs&, float* scratch);
  void (*attention_gradient)(const AttentionArgs&, const AttentionGradientArgs&, float* scratch);
  void (*fold)(const FoldArgs&, Rows weight, Rows transposed, float* bias);
  void (*unfold)(const FoldArgs&, ConstRows d_weight, const float* d_bias, const UnfoldedGradient& d);
  double (*square_sum)(const float* values, std::int64_t n);
  void (*adamw)(const AdamWArgs&, std::int64_t n);
};

/// Of the Highway that the operations are compiled with: their bits hang on it.
std::string highway_version();

/// Floats that attention and its gradient need to work in.
std::size_t attention_scratch(std::int64_t T, std::int64_t K);

/// For every instruction set that this machine has, the widest first.
const std::vector<Operations>& supported_operations();

/// For the widest.
inline const Operations& operations() { return supported_operations().front(); }

}  // namespace seedscape
