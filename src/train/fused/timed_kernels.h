#pragma once
// Kernels with a stop-watch on each operation, for `bench`.

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "kernels.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Passes every call on to other kernels and adds up what it took. On a GPU each call waits for the device.
class TimedKernels final : public Kernels {
 public:
  TimedKernels(std::unique_ptr<Kernels> kernels, torch::Device device);

  /// Since the last clear(), by operation.
  const std::map<std::string, OperationTime>& times() const { return times_; }
  void clear() { times_.clear(); }

  bool wants_transposed() const override { return kernels_->wants_transposed(); }
  std::int64_t logit_columns() const override { return kernels_->logit_columns(); }
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
  void time(const char* name, double flops, std::initializer_list<torch::Tensor> touched,
            const std::function<void()>& call);

  std::unique_ptr<Kernels> kernels_;
  torch::Device device_;
  std::map<std::string, OperationTime> times_;
};

}  // namespace seedscape
