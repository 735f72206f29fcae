#pragma once
// The operations of a step on a GPU: a kernel of our own where one is chosen, else LibTorch's.

#include <string>

#include "../fused/aten_kernels.h"
#include "../fused/cuda_library.h"
#include "seedscape/train/memory.h"

namespace seedscape {

/// An operation that has a kernel of its own here, and where that ran and agreed with LibTorch's.
struct OwnKernel {
  enum class Operation {
    fold,
    unfold,
    embed,
    embed_gradient,
    normalize,
    normalize_gradient,
    linear,
    linear_input_gradient,
    linear_weight_gradient,
    rotate,
    attention,
    attention_gradient,
    gelu,
    gelu_gradient,
    cross_entropy,
    gradient_norm,
    adamw
  };
  Operation operation;
  const char* name;
  const char* ran;  // card and date of a cuda_tests run; "" = never, so that it is not used unless asked for
};

/// Per-seed results depend neither on S nor on the neighbours: no sum runs over seeds, none uses atomics. fp32 and bf16
/// operands on `device`; others, and sizes beyond the kernels' limits, are left to LibTorch.
class CudaKernels final : public AtenKernels {
 public:
  CudaKernels(KernelChoice choice, torch::Device device)
      : AtenKernels(kGpuLogitColumns), choice_(choice), device_(device) {}

  /// All operations with a kernel of their own, in the order of the enumeration.
  static const std::vector<OwnKernel>& table();

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
  bool uses(OwnKernel::Operation operation, const torch::Tensor& operand) const;

  /// Working memory of a kernel, kept from its first call on: a captured graph goes on using it.
  torch::Tensor& working_memory(torch::Tensor& memory, const std::vector<std::int64_t>& sizes,
                                const torch::Tensor& like);

  KernelChoice choice_;
  torch::Device device_;
  torch::Tensor row_loss_, norm_partial_;
};

}  // namespace seedscape
