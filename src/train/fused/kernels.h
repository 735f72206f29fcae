#pragma once
// The operations that one training step is made of, on static buffers with a leading seed dimension.
//
// Letters: S seeds, N = rows x T tokens of a chunk, T positions, D width, H heads, K head width, V vocabulary. A tensor
// may be a stretch of columns of a wider buffer: its last dimension is contiguous, the others have strides. Nothing is
// allocated for the caller, nothing waits for a device, and no number of one seed depends on another seed.
//
// Precision: "operand" tensors (normalised activations, z, a, their gradients, weights) are fp64, fp32 or bf16; the
// residual stream, statistics, biases, logits, parameter gradients and moments are fp32 (fp64 when operands are).

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace seedscape {

inline constexpr double kLayerNormEpsilon = 1e-5;  // GPT-NeoX's layer_norm_eps
inline constexpr std::int32_t kNotCounted = -1;    // target of a position that the loss leaves out

/// y = x weight^T + bias. Also stands for the gradient of one.
struct Linear {
  torch::Tensor weight;      // [S, out, in]
  torch::Tensor transposed;  // [S, in, out], the same numbers for kernels that read them so; else undefined
  torch::Tensor bias;        // [S, out]
};

/// A linear layer as the model's parameters have it, with the layer norm in front of it: views into [S, P]. Also stands
/// for its gradient.
struct LinearParameters {
  torch::Tensor weight;        // [S, out, in]
  torch::Tensor bias;          // [S, out]; undefined = none
  torch::Tensor scale, shift;  // [S, in]; undefined = no norm in front
};

/// A stretch of the flat parameter vector with its weight decay.
struct DecayStretch {
  std::int64_t offset = 0, size = 0;
  double weight_decay = 0;
};

/// What AdamW reads and writes.
///
/// Shapes: weights, gradient, first_moment, second_moment [S, P]; norm [S] fp64, the gradient's; active [S] uint8;
///         rates [3] fp64: the learning rate, 1 / (1 - beta1^t), 1 / (1 - beta2^t)
struct AdamWState {
  torch::Tensor weights, gradient, first_moment, second_moment, norm, active, rates;
  std::vector<DecayStretch> stretches;
  double clip_norm = 0;  // 0 = no clipping
};

class Kernels {
 public:
  virtual ~Kernels() = default;

  /// Whether linear() reads Linear::transposed.
  virtual bool wants_transposed() const { return false; }

  /// The logits of the last product have a multiple of so many columns; those beyond V are zeros.
  virtual std::int64_t logit_columns() const { return 1; }

  /// Moves a layer norm's scale and shift into the linear layer behind it, exact algebra:
  ///   target.weight = weight diag(scale);  target.bias += bias + weight shift
  virtual void fold(const LinearParameters& parameters, const Linear& target) = 0;

  /// The gradients of the parameters from that of the folded layer, `d_folded`:
  ///   d.weight = dW diag(scale) + db shift^T;  d.bias = db;  d.scale = sum_out(weight o dW);  d.shift = db weight
  virtual void unfold(const LinearParameters& parameters, const Linear& d_folded, const LinearParameters& d) = 0;

  /// x[s, n] = table[s, tokens[s, n]].   tokens [S, N] int32, table [S, V, D], x [S, N, D]
  virtual void embed(const torch::Tensor& tokens, const torch::Tensor& table, const torch::Tensor& x) = 0;

  /// d_table[s, v] (+)= the sum of dx[s, n] over the tokens v, in the order of n.   `add`: to what is there
  virtual void embed_gradient(const torch::Tensor& tokens, const torch::Tensor& dx, const torch::Tensor& d_table,
                              bool add) = 0;

  /// normal = (x - mean) deviation^-1, without scale and shift.   x, normal [S, N, D]; inverse_deviation [S, N]
  virtual void normalize(const torch::Tensor& x, const torch::Tensor& normal,
                         const torch::Tensor& inverse_deviation) = 0;

  /// dx (+)= inverse_deviation (d_normal - mean(d_normal) - normal mean(d_normal o normal)); then dx_operand = dx,
  /// unless they are one tensor.   `add`: to what is there
  virtual void normalize_gradient(const torch::Tensor& normal, const torch::Tensor& inverse_deviation,
                                  const torch::Tensor& d_normal, const torch::Tensor& dx,
                                  const torch::Tensor& dx_operand, bool add) = 0;

  /// y = x weight^T + bias, or y += that.   x [S, N, in], y [S, N, out]
  virtual void linear(const torch::Tensor& x, const Linear& layer, const torch::Tensor& y, bool add) = 0;

  /// dx = dy weight.
  virtual void linear_input_gradient(const torch::Tensor& dy, const Linear& layer, const torch::Tensor& dx) = 0;

  /// d.weight (+)= dy^T x;  d.bias (+)= the sum of dy over tokens.   `add`: to what is there
  virtual void linear_weight_gradient(const torch::Tensor& dy, const torch::Tensor& x, const Linear& d, bool add) = 0;

  /// Turns the first R dims of every head's q and k in place, by +angle, or by -angle: the gradient of that.
  ///   z [S, N, 3D], of each head its q, k and v; cosine, sine [T, R/2]
  virtual void rotate(const torch::Tensor& z, const torch::Tensor& cosine, const torch::Tensor& sine, std::int64_t K,
                      bool backwards) = 0;

  /// Causal softmax attention of each row's T tokens, scores scaled by K^-1/2.
  ///   z [S, N, 3D] after rotate(); a [S, N, D]; log_sum [S, N, H], of the exponentials of each query's scores
  virtual void attention(const torch::Tensor& z, std::int64_t T, std::int64_t K, const torch::Tensor& a,
                         const torch::Tensor& log_sum) = 0;

  /// dz = the gradient of attention(), given da [S, N, D].
  virtual void attention_gradient(const torch::Tensor& z, std::int64_t T, std::int64_t K, const torch::Tensor& a,
                                  const torch::Tensor& log_sum, const torch::Tensor& da, const torch::Tensor& dz) = 0;

  /// a = gelu(z), the erf form; then z = gelu'(z), all that the backward pass needs.   z, a [S, N, F]
  virtual void gelu(const torch::Tensor& z, const torch::Tensor& a) = 0;

  /// dz = da o derivative.
  virtual void gelu_gradient(const torch::Tensor& derivative, const torch::Tensor& da, const torch::Tensor& dz) = 0;

  /// loss[s] += weight[s] times the cross entropies of the counted targets, then logits become their gradient.
  ///   logits [S, N, V]; targets [S, N] int32; weight, loss [S] fp64
  virtual void cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets, const torch::Tensor& weight,
                             const torch::Tensor& loss) = 0;

  /// norm[s] = the L2 norm of gradient[s].
  virtual void gradient_norm(const torch::Tensor& gradient, const torch::Tensor& norm) = 0;

  /// Clips by min(1, clip_norm / (norm + 1e-6)) and updates each seed that is active and whose norm is finite; the
  /// others keep their weights and moments.
  virtual void adamw(const AdamWState& state) = 0;
};

}  // namespace seedscape
