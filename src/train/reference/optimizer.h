#pragma once
// Gradient clipping and AdamW on the flat parameter vector.

#include <vector>

#include <torch/torch.h>

#include "seedscape/config/config.h"
#include "seedscape/model/shape.h"

namespace seedscape {

/// Scales `gradient` by min(1, limit / (norm + 1e-6)) and returns its L2 norm before that, as torch's clip_grad_norm_
/// does.
///
/// Shapes: gradient [P]
/// Edge:   limit 0 leaves the gradient as it is
double clip_norm(torch::Tensor& gradient, double limit);

/// AdamW with betas (0.9, 0.999) and eps 1e-8:
///   w *= 1 - rate decay;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= rate m / (1 - b1^t) / (sqrt(v / (1 -
///   b2^t)) + eps)
///
/// Source: Loshchilov and Hutter 2019 (arXiv:1711.05101), torch.optim.AdamW
class AdamW {
 public:
  /// Shapes: weights [P], updated in place by step()
  AdamW(const ParameterLayout& layout, const TrainConfig& config, const torch::Tensor& weights);

  /// Shapes: gradient [P]
  void step(const torch::Tensor& gradient, double rate);

  /// Shapes: [P]
  torch::Tensor& first_moment() { return first_moment_; }
  torch::Tensor& second_moment() { return second_moment_; }

  /// Goes on as after so many steps.
  void set_steps(std::int64_t steps);

 private:
  /// Stretches of the flat vector that decay alike.
  struct Group {
    double weight_decay = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> stretches{};  // offset, size
    std::vector<torch::Tensor> weights{}, first_moments{}, second_moments{}, steps{};
  };
  torch::Tensor first_moment_, second_moment_;
  std::vector<Group> groups_;  // views of the weights and the moments
};

}  // namespace seedscape
