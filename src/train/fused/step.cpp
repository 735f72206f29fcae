#include "step.h"

#include "product_mode.h"

namespace seedscape {

namespace {

std::vector<DecayStretch> decay_stretches(const ParameterLayout& layout, const TrainConfig& train) {
  if (train.decay_scope == "all") return {{0, layout.size, train.weight_decay}};
  std::vector<DecayStretch> stretches;
  for (const ParameterTensor& tensor : layout.tensors) {
    const double decay = tensor.kind == ParameterTensor::Kind::weight ? train.weight_decay : 0;
    stretches.push_back({tensor.offset, tensor.size, decay});
  }
  return stretches;
}

}  // namespace

std::int64_t rows_of_chunk(std::int64_t B, std::int64_t T, std::int64_t most_tokens) {
  for (std::int64_t rows = B; rows > 1; --rows) {
    if (B % rows == 0 && rows * T <= most_tokens) return rows;
  }
  return 1;
}

FusedStep::FusedStep(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train, const StepSize& size,
                     const Precision& precision, torch::Device device, Kernels& kernels)
    : size_(size), precision_(precision), device_(device), kernels_(kernels) {
  const auto& [S, B, T, chunk_rows] = size_;
  const ParameterLayout layout(shape);
  const auto on_device = torch::TensorOptions(device);
  const auto flat = [&] { return torch::zeros({S, layout.size}, on_device.dtype(precision.master)); };
  optimizer_ = {.weights = flat(),
                .gradient = flat(),
                .first_moment = flat(),
                .second_moment = flat(),
                .norm = torch::zeros({S}, on_device.dtype(torch::kFloat64)),
                .active = torch::zeros({S}, on_device.dtype(torch::kUInt8)),
                .rates = torch::zeros({3}, on_device.dtype(torch::kFloat64)),
                .stretches = decay_stretches(layout, train),
                .clip_norm = train.clip_norm};
  inputs_ = {.tokens = torch::zeros({S, B * T}, on_device.dtype(torch::kInt32)),
             .targets = torch::zeros({S, B * T}, on_device.dtype(torch::kInt32)),
             .loss_weight = torch::zeros({S}, on_device.dtype(torch::kFloat64)),
             .rates = optimizer_.rates};
  loss_ = torch::zeros({S}, on_device.dtype(torch::kFloat64));
  const std::int64_t N = chunk_rows * T;
  for (std::int64_t first = 0; first < B * T; first += N)
    chunks_.push_back({inputs_.tokens.narrow(1, first, N), inputs_.targets.narrow(1, first, N)});
  network_ = std::make_unique<Network>(shape, model, kernels, precision, optimizer_.weights, optimizer_.gradient);
  activations_ = std::make_unique<Activations>(network_->make_activations(chunk_rows, T, /*for_training=*/true));
}

void FusedStep::accumulate_gradient() {
  const ProductMode products(precision_, device_);
  network_->fold();
  loss_.zero_();
  bool add = false;
  for (const Chunk& chunk : chunks_) {
    network_->forward(chunk.tokens, *activations_);
    kernels_.cross_entropy(activations_->logits, chunk.targets, inputs_.loss_weight, loss_);
    network_->backward(chunk.tokens, *activations_, add);
    add = true;  // the gradients of later chunks
  }
  network_->unfold();
}

void FusedStep::run() {
  accumulate_gradient();
  kernels_.gradient_norm(optimizer_.gradient, optimizer_.norm);
  kernels_.adamw(optimizer_);
}

}  // namespace seedscape
