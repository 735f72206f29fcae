#include "batch_loader.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace seedscape {

namespace {

std::size_t threads_for(std::size_t seeds, std::size_t sets) {
  constexpr std::size_t kMostThreads = 16;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return sets == 1 ? 0 : std::min({seeds, kMostThreads, cores});
}

}  // namespace

BatchLoader::BatchLoader(const TrainerSetup& setup, std::vector<StepInputs> sets)
    : seeds_(setup.seeds),
      batches_(setup.batches),
      steps_(setup.train.steps),
      sets_(std::move(sets)),
      threads_(threads_for(seeds_.size(), sets_.size())) {}

const StepInputs& BatchLoader::load(std::int64_t step) {
  if (sets_.size() == 1) {
    for (std::size_t s = 0; s < seeds_.size(); ++s) fill(sets_[0], step, s);
    return sets_[0];
  }
  finish();
  if (begun_ != step) {
    begin(step);
    finish();
  }
  const StepInputs& ready = sets_[turn_];
  turn_ = 1 - turn_;
  begun_ = -1;
  if (step + 1 < steps_) begin(step + 1);
  return ready;
}

void BatchLoader::begin(std::int64_t step) {
  begun_ = step;
  threads_.begin([this, step, &inputs = sets_[turn_]](std::size_t thread) {
    for (std::size_t s = thread; s < seeds_.size(); s += threads_.size()) fill(inputs, step, s);
  });
}

void BatchLoader::finish() {
  const std::int64_t begun = std::exchange(begun_, -1);  // stays so if a batch cannot be made
  threads_.finish();
  begun_ = begun;
}

void BatchLoader::fill(const StepInputs& inputs, std::int64_t step, std::size_t s) const {
  const Batch batch = batches_(seeds_[s].data, step);
  const auto T = static_cast<std::size_t>(batch.columns - 1), B = static_cast<std::size_t>(batch.rows);
  auto* const tokens = inputs.tokens.data_ptr<std::int32_t>() + s * B * T;
  auto* const targets = inputs.targets.data_ptr<std::int32_t>() + s * B * T;
  std::int64_t counted = 0;
  for (std::size_t row = 0; row < B; ++row) {
    for (std::size_t t = 0; t < T; ++t) {
      const std::size_t from = row * (T + 1) + t, to = row * T + t;
      tokens[to] = batch.tokens[from];
      targets[to] = batch.loss_mask[from + 1] ? batch.tokens[from + 1] : kNotCounted;
      counted += batch.loss_mask[from + 1];
    }
  }
  inputs.loss_weight.data_ptr<double>()[s] = 1 / static_cast<double>(counted);
}

}  // namespace seedscape
