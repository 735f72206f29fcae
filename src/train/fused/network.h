#pragma once
// The GPT-NeoX network with a hand-written backward pass, over kernels and static buffers.

#include <vector>

#include "kernels.h"
#include "seedscape/config/config.h"
#include "seedscape/model/shape.h"

namespace seedscape {

/// Number types of the buffers.
struct Precision {
  torch::Dtype master = torch::kFloat32;   // weights, moments, residual stream, statistics: fp32, or fp64 in tests
  torch::Dtype operand = torch::kFloat32;  // what products read: as master, or bf16
  bool tf32 = false;                       // whether a GPU's products may round fp32 operands to TF32
};

/// What a layer adds to the residual stream at once: attention and MLP side by side (parallel residual), or one of
/// them. Its columns of z hold q, k, v of each head and the MLP's units, those of a the attended values and
/// gelu(units).
struct Stage {
  bool attends = false, transforms = false;
  std::int64_t z_begin = 0, z_end = 0, a_begin = 0, a_end = 0;

  /// Attention: columns [0, 3D) of z, [0, D) of a; MLP: [3D, 3D + F) and [D, D + F).
  static std::vector<Stage> of(const ModelShape& shape, const std::string& residual);
};

/// All numbers of a chunk of rows between tokens and gradient. Made once; the passes write into them.
struct Activations {
  struct StageBuffers {
    torch::Tensor normal;             // [S, N, D]
    torch::Tensor inverse_deviation;  // [S, N]
    torch::Tensor z, dz;              // the stage's columns
    torch::Tensor a, da;
    torch::Tensor qkv, d_qkv, attended, d_attended;  // of those, attention's
    torch::Tensor units, d_units, hidden, d_hidden;  // and the MLP's; units become gelu'(units)
    torch::Tensor log_sum;                           // [S, N, H]
  };

  /// `for_training`: each layer has buffers of its own, and there are gradients; else all layers share one set.
  Activations(const ModelShape& shape, const std::vector<Stage>& stages, std::int64_t S, std::int64_t rows,
              std::int64_t T, std::int64_t logit_columns, const Precision& precision, torch::Device device,
              bool for_training);

  std::int64_t rows, T;
  torch::Tensor x;                          // [S, N, D], the residual stream
  std::vector<StageBuffers> stages;         // in the order of the passes, L times those of a layer
  torch::Tensor normal, inverse_deviation;  // of the final norm
  torch::Tensor all_logits;                 // [S, N, V or more]; after the loss their gradient, 0 beyond V
  torch::Tensor logits;                     // [S, N, V], the first of them
  torch::Tensor logits_operand;             // all_logits as an operand: one tensor with them unless bf16
  torch::Tensor d_normal, dx, dx_operand;   // [S, N, D]
};

/// Requires: weights (and gradient) stay where they are for the network's life
class Network {
 public:
  /// Shapes: weights [S, P]; gradient [S, P], undefined for a network that only predicts
  Network(const ModelShape& shape, const ModelConfig& config, Kernels& kernels, const Precision& precision,
          torch::Tensor weights, torch::Tensor gradient);

  /// Takes over the weights; needed after each change of them.
  void fold();

  /// Logits of the next token at every position.   tokens [S, N] int32
  void forward(const torch::Tensor& tokens, const Activations& chunk);

  /// From the gradient of the logits to that of the folded weights, set or added to (`add`).
  void backward(const torch::Tensor& tokens, const Activations& chunk, bool add);

  /// Writes `gradient` from what the backward passes gathered.
  void unfold();

  Activations make_activations(std::int64_t rows, std::int64_t T, bool for_training) const;

 private:
  /// A linear layer of the model and its place in a folded one.
  struct Part {
    LinearParameters parameters, d_parameters;
    Linear folded, d_folded;
  };
  struct FoldedStage {
    Linear in, out, d_in, d_out;
  };

  Linear make_linear(std::int64_t out, std::int64_t in, bool gradient);
  void add_part(const std::string& layer, const std::string& norm, const Linear& folded, const Linear& d_folded,
                std::int64_t first_out, std::int64_t first_in);
  void make_rotation(std::int64_t T);
  torch::Tensor view(const torch::Tensor& flat, const std::string& name) const;

  ModelShape shape_;
  ModelConfig config_;
  ParameterLayout layout_;
  Kernels& kernels_;
  Precision precision_;
  torch::Tensor weights_, gradient_;
  torch::Tensor table_, d_table_;  // [S, V, D], the embedding
  std::vector<Stage> stages_;      // of one layer
  std::vector<FoldedStage> folded_;
  Linear head_, d_head_;
  std::vector<Part> parts_;
  torch::Tensor biases_;  // all folded biases side by side, so that fold() zeroes them at once
  std::int64_t next_bias_ = 0;
  torch::Tensor cosine_, sine_;  // [T, R/2] of the last T that was asked for
};

}  // namespace seedscape
