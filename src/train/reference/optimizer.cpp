#include "optimizer.h"

#include <algorithm>

#include <ATen/ops/_fused_adamw.h>

namespace seedscape {

namespace {
constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
}

double clip_norm(torch::Tensor& gradient, double limit) {
  const auto norm = gradient.norm().item<double>();
  if (limit > 0) gradient.mul_(std::min(1.0, limit / (norm + 1e-6)));
  return norm;
}

AdamW::AdamW(const ParameterLayout& layout, const TrainConfig& config, const torch::Tensor& weights)
    : first_moment_(torch::zeros_like(weights)), second_moment_(torch::zeros_like(weights)) {
  Group decayed{.weight_decay = config.weight_decay}, kept{.weight_decay = 0};
  if (config.decay_scope == "all") {
    decayed.stretches = {{0, layout.size}};
  } else {
    for (const ParameterTensor& tensor : layout.tensors) {
      Group& group = tensor.kind == ParameterTensor::Kind::weight ? decayed : kept;
      group.stretches.emplace_back(tensor.offset, tensor.size);
    }
  }
  for (Group* group : {&decayed, &kept}) {
    for (const auto& [offset, size] : group->stretches) {
      group->weights.push_back(weights.narrow(0, offset, size));
      group->first_moments.push_back(first_moment_.narrow(0, offset, size));
      group->second_moments.push_back(second_moment_.narrow(0, offset, size));
      group->steps.push_back(torch::zeros({}, weights.options().dtype(torch::kFloat32)));
    }
    if (!group->stretches.empty()) groups_.push_back(std::move(*group));
  }
}

void AdamW::set_steps(std::int64_t steps) {
  for (Group& group : groups_) {
    for (torch::Tensor& count : group.steps) count.fill_(steps);
  }
}

void AdamW::step(const torch::Tensor& gradient, double rate) {
  const torch::NoGradGuard no_grad;
  for (Group& group : groups_) {
    std::vector<torch::Tensor> gradients;
    for (const auto& [offset, size] : group.stretches) gradients.push_back(gradient.narrow(0, offset, size));
    for (torch::Tensor& steps : group.steps) steps += 1;
    at::_fused_adamw_(group.weights, gradients, group.first_moments, group.second_moments, /*max_exp_avg_sqs=*/{},
                      group.steps, rate, kBeta1, kBeta2, group.weight_decay, kEpsilon, /*amsgrad=*/false,
                      /*maximize=*/false);
  }
}

}  // namespace seedscape
