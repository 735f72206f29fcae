#pragma once
// The operations of a step as LibTorch calls: any device, any precision; what the faster kernels are held against.

#include "kernels.h"

namespace seedscape {

class AtenKernels : public Kernels {
 public:
  explicit AtenKernels(std::int64_t logit_columns = 1) : logit_columns_(logit_columns) {}

  std::int64_t logit_columns() const override { return logit_columns_; }
  void fold(const LinearParameters& parameters, const Linear& target) override;
  void unfold(const LinearParameters& parameters, const Linear& d_folded, const LinearParameters& d) override;
  void embed(const torch::Tensor& tokens, const torch::Tensor& table, const torch::Tensor& x) override;
  void embed_gradient(const torch::Tensor& tokens, const torch::Tensor& dx, const torch::Tensor& d_table,
                      bool add) override;
  void normalize(const torch::Tensor& x, const torch::Tensor& normal, const torch::Tensor& inverse_deviation) override;
  void normalize_gradient(const torch::Tensor& normal, const torch::Tensor& inverse_deviation,
                          const torch::Tensor& d_normal, const torch::Tensor& dx, const torch::Tensor& dx_operand,
                          bool add) override;
  void linear(const torch::Tensor& x, const Linear& layer, const torch::Tensor& y, bool add) override;
  void linear_input_gradient(const torch::Tensor& dy, const Linear& layer, const torch::Tensor& dx) override;
  void linear_weight_gradient(const torch::Tensor& dy, const torch::Tensor& x, const Linear& d, bool add) override;
  void rotate(const torch::Tensor& z, const torch::Tensor& cosine, const torch::Tensor& sine, std::int64_t K,
              bool backwards) override;
  void attention(const torch::Tensor& z, std::int64_t T, std::int64_t K, const torch::Tensor& a,
                 const torch::Tensor& log_sum) override;
  void attention_gradient(const torch::Tensor& z, std::int64_t T, std::int64_t K, const torch::Tensor& a,
                          const torch::Tensor& log_sum, const torch::Tensor& da, const torch::Tensor& dz) override;
  void gelu(const torch::Tensor& z, const torch::Tensor& a) override;
  void gelu_gradient(const torch::Tensor& derivative, const torch::Tensor& da, const torch::Tensor& dz) override;
  void cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets, const torch::Tensor& weight,
                     const torch::Tensor& loss) override;
  void gradient_norm(const torch::Tensor& gradient, const torch::Tensor& norm) override;
  void adamw(const AdamWState& state) override;

 private:
  std::int64_t logit_columns_;
};

}  // namespace seedscape
