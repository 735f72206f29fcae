#include "trainer.h"

#include <cmath>
#include <limits>

#include "../plain_arrays.h"
#include "seedscape/model/init.h"
#include "seedscape/train/schedule.h"

namespace seedscape {

namespace {

constexpr std::int64_t kNotCounted = -100;  // target of a position that the loss leaves out

torch::Tensor first_weights(const ParameterLayout& layout, const TrainerSetup& setup) {
  const std::vector<float> weights =
      setup.weights.empty() ? initial_weights(layout, setup.seeds.at(0).init) : setup.weights[0];
  TORCH_CHECK(static_cast<std::int64_t>(weights.size()) == layout.size, "[train] the model has ", layout.size,
              " weights, got ", weights.size());
  return torch::tensor(torch::ArrayRef<float>(weights));
}

/// One trainer, one thread: the machine's cores are for other seeds, and the bits do not depend on how many there are.
torch::Device single_threaded(const std::string& device) {
  at::set_num_threads(1);
  return find_device(device);
}

}  // namespace

ReferenceTrainer::ReferenceTrainer(const TrainerSetup& setup, torch::Dtype dtype)
    : setup_(setup),
      layout_(setup.shape),
      device_(single_threaded(setup.device)),
      model_(setup.shape, setup.model, first_weights(layout_, setup).to(device_, dtype)),
      optimizer_(layout_, setup.train, model_.weights()),
      steps_done_(setup.train.first_step) {
  TORCH_CHECK(setup.seeds.size() == 1, "[train] the reference trainer takes one seed, got ", setup.seeds.size());
}

std::vector<double> ReferenceTrainer::step() {
  if (retired_) {
    ++steps_done_;
    return {std::numeric_limits<double>::quiet_NaN()};
  }
  const double rate =
      setup_.train.learning_rate * rate_factor(steps_done_, setup_.train.warmup_steps, setup_.train.steps);
  const torch::Tensor batch_loss = loss(setup_.batches(setup_.seeds[0].data, steps_done_));
  torch::Tensor batch_gradient = gradient(batch_loss);
  const double norm = clip_norm(batch_gradient, setup_.train.clip_norm);
  optimizer_.step(batch_gradient, rate);
  ++steps_done_;
  const auto value = batch_loss.item<double>();
  return {std::isfinite(norm) ? value : std::numeric_limits<double>::quiet_NaN()};
}

torch::Tensor ReferenceTrainer::loss(const Batch& batch) {
  const std::int64_t B = batch.rows, T = batch.columns - 1, V = setup_.shape.V;
  const torch::Tensor tokens = token_tensor(batch.tokens, B, T + 1).to(torch::kInt64);
  const torch::Tensor mask =
      torch::from_blob(const_cast<std::uint8_t*>(batch.loss_mask.data()), {B, T + 1}, torch::kUInt8);
  const torch::Tensor targets = tokens.masked_fill(mask == 0, kNotCounted).narrow(1, 1, T).to(device_);
  const torch::Tensor logits = model_.forward(tokens.narrow(1, 0, T).to(device_));  // [B, T, V]
  return torch::cross_entropy_loss(logits.view({B * T, V}), targets.reshape({B * T}), /*weight=*/{},
                                   at::Reduction::Mean, kNotCounted);
}

torch::Tensor ReferenceTrainer::gradient(const torch::Tensor& loss) const {
  std::vector<torch::Tensor> flat;
  for (const torch::Tensor& tensor : torch::autograd::grad({loss}, model_.parameters()))
    flat.push_back(tensor.reshape({-1}));
  return torch::cat(flat);
}

Predictions ReferenceTrainer::predict(std::size_t, const EvalBatch& batch) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor tokens = token_tensor(batch.tokens, batch.rows, batch.columns).to(torch::kInt64);
  return predictions_of(model_.forward(tokens.narrow(1, 0, batch.columns - 1).to(device_)), batch);
}

std::vector<float> ReferenceTrainer::weights(std::size_t) { return floats_of(model_.weights()); }

SeedState ReferenceTrainer::state(std::size_t s) {
  return {weights(s), floats_of(optimizer_.first_moment()), floats_of(optimizer_.second_moment())};
}

void ReferenceTrainer::restore(std::int64_t steps_done, const std::vector<SeedState>& states) {
  const torch::NoGradGuard no_grad;
  const SeedState& state = states.at(0);
  put_floats(state.weights, model_.weights());
  put_floats(state.first_moment, optimizer_.first_moment());
  put_floats(state.second_moment, optimizer_.second_moment());
  optimizer_.set_steps(steps_done - setup_.train.first_step);
  steps_done_ = steps_done;
}

}  // namespace seedscape
