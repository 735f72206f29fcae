#include "trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../plain_arrays.h"
#include "device_limits.h"
#include "product_mode.h"
#include "seedscape/model/init.h"
#include "seedscape/train/schedule.h"

namespace seedscape {

namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999;

StepSize step_size(const TrainerSetup& setup, std::int64_t chunk_tokens) {
  const std::int64_t B = setup.train.batch, T = setup.train.context - 1;
  const std::int64_t S = std::max(setup.population, static_cast<std::int64_t>(setup.seeds.size()));
  return {S, B, T, rows_of_chunk(B, T, chunk_tokens)};
}

}  // namespace

FusedTrainer::FusedTrainer(const TrainerSetup& setup, Engine engine)
    : setup_(setup),
      engine_(std::move(engine)),
      layout_(setup.shape),
      step_(setup.shape, setup.model, setup.train, step_size(setup, engine_.chunk_tokens), engine_.precision,
            engine_.device, *engine_.kernels),
      steps_done_(setup.train.first_step) {
  const torch::NoGradGuard no_grad;
  for (std::size_t s = 0; s < setup.seeds.size(); ++s) {
    put_floats(setup.weights.empty() ? initial_weights(layout_, setup.seeds[s].init) : setup.weights.at(s),
               step_.weights()[static_cast<std::int64_t>(s)]);
  }
  // Slots without a seed compute on zeros and are never updated.
  step_.optimizer().active.narrow(0, 0, static_cast<std::int64_t>(setup.seeds.size())).fill_(1);
  retired_.assign(setup.seeds.size(), false);
  runner_ = engine_.make_runner ? engine_.make_runner(step_, engine_.device)
                                : std::make_unique<StepRunner>(step_, engine_.device);
  loader_ = std::make_unique<BatchLoader>(setup, runner_->input_sets());
}

void FusedTrainer::retire(std::size_t s) {
  step_.optimizer().active[static_cast<std::int64_t>(s)].fill_(0);
  retired_[s] = true;
}

std::vector<double> FusedTrainer::step() {
  const torch::NoGradGuard no_grad;
  const StepInputs& inputs = loader_->load(steps_done_);
  const auto t = static_cast<double>(steps_done_ - setup_.train.first_step + 1);
  auto* const rates = inputs.rates.data_ptr<double>();
  rates[0] = setup_.train.learning_rate * rate_factor(steps_done_, setup_.train.warmup_steps, setup_.train.steps);
  rates[1] = 1 / (1 - std::pow(kBeta1, t));
  rates[2] = 1 / (1 - std::pow(kBeta2, t));
  on_device(setup_, [&] { runner_->run(inputs); });
  ++steps_done_;
  std::vector<double> losses;
  for (std::size_t s = 0; s < setup_.seeds.size(); ++s) {
    const bool counts = !retired_[s] && std::isfinite(runner_->norm(s));
    losses.push_back(counts ? runner_->loss(s) : std::numeric_limits<double>::quiet_NaN());
  }
  return losses;
}

torch::Tensor FusedTrainer::gradient(std::int64_t step) {
  const torch::NoGradGuard no_grad;
  runner_->load(loader_->load(step));
  step_.accumulate_gradient();
  return step_.gradient();
}

Network& FusedTrainer::predictor(std::size_t s) {
  if (!shown_) {
    shown_weights_ = torch::empty({1, layout_.size}, step_.weights().options());
    shown_ = std::make_unique<Network>(setup_.shape, setup_.model, *engine_.kernels, engine_.precision, shown_weights_,
                                       torch::Tensor());
  }
  if (shown_state_ != std::pair(s, steps_done_)) {
    shown_weights_.copy_(step_.weights().narrow(0, static_cast<std::int64_t>(s), 1));
    shown_->fold();
    shown_state_ = {s, steps_done_};
  }
  return *shown_;
}

Predictions FusedTrainer::predict(std::size_t s, const EvalBatch& batch) {
  const torch::NoGradGuard no_grad;
  return predictions_of(on_device(setup_, [&] { return logits(s, batch); }), batch);
}

torch::Tensor FusedTrainer::logits(std::size_t s, const EvalBatch& batch) {
  const ProductMode products(engine_.precision, engine_.device);
  Network& network = predictor(s);
  const std::int64_t T = batch.columns - 1;
  const std::int64_t rows = rows_of_chunk(batch.rows, T, engine_.chunk_tokens);
  if (!buffers_ || buffers_->rows != rows || buffers_->T != T) {
    buffers_.reset();  // before the next are made
    buffers_ = std::make_unique<Activations>(network.make_activations(rows, T, /*for_training=*/false));
  }
  const torch::Tensor tokens =
      token_tensor(batch.tokens, batch.rows, batch.columns).narrow(1, 0, T).contiguous().to(engine_.device);
  std::vector<torch::Tensor> chunks;
  for (std::int64_t row = 0; row < batch.rows; row += rows) {
    network.forward(tokens.narrow(0, row, rows).view({1, rows * T}), *buffers_);
    chunks.push_back(buffers_->logits.view({rows, T, setup_.shape.V}).clone());
  }
  return torch::cat(chunks);
}

std::vector<float> FusedTrainer::weights(std::size_t s) {
  return floats_of(step_.weights()[static_cast<std::int64_t>(s)]);
}

SeedState FusedTrainer::state(std::size_t s) {
  const auto row = static_cast<std::int64_t>(s);
  const AdamWState& optimizer = step_.optimizer();
  return {weights(s), floats_of(optimizer.first_moment[row]), floats_of(optimizer.second_moment[row])};
}

void FusedTrainer::restore(std::int64_t steps_done, const std::vector<SeedState>& states) {
  const torch::NoGradGuard no_grad;
  AdamWState& optimizer = step_.optimizer();
  for (std::size_t s = 0; s < setup_.seeds.size(); ++s) {
    const auto row = static_cast<std::int64_t>(s);
    put_floats(states.at(s).weights, optimizer.weights[row]);
    put_floats(states[s].first_moment, optimizer.first_moment[row]);
    put_floats(states[s].second_moment, optimizer.second_moment[row]);
  }
  steps_done_ = steps_done;
  shown_state_ = {0, -1};
}

}  // namespace seedscape
