#include "seedscape/tasks/batch.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace seedscape {

namespace {

/// The tokens of an example that the loss counts; `loss_on` as in TaskConfig, absent = answer.
std::vector<std::uint8_t> loss_targets(const Example& example, const std::optional<std::string>& loss_on) {
  if (loss_on == "all") return std::vector<std::uint8_t>(example.tokens.size(), 1);
  if (loss_on != "digits") return example.answer;
  std::vector<std::uint8_t> targets = example.digits;
  std::ranges::transform(targets, example.end, targets.begin(), std::bit_or<std::uint8_t>());
  return targets;
}

/// Writes examples side by side until the row is full and cuts the last at its end; or writes just one ("single").
void fill_row(const Task& task, const TaskConfig& config, Rng& rng, std::span<Token> tokens,
              std::span<std::uint8_t> loss_mask) {
  std::size_t used = 0;
  do {
    const Example example = task.training_example(rng);
    const std::vector<std::uint8_t> targets = loss_targets(example, config.loss_on);
    const std::size_t kept = std::min(example.tokens.size(), tokens.size() - used);
    const bool counts = kept == example.tokens.size() || config.cut_examples == "supervised";
    std::copy_n(example.tokens.begin(), kept, tokens.begin() + static_cast<std::ptrdiff_t>(used));
    if (counts) std::copy_n(targets.begin(), kept, loss_mask.begin() + static_cast<std::ptrdiff_t>(used));
    used += kept;
  } while (used < tokens.size() && config.packing == "packed");
  loss_mask.front() = 0;  // no token stands before it
}

}  // namespace

Batch training_batch(const Task& task, const TaskConfig& task_config, const TrainConfig& train, std::uint64_t data_seed,
                     std::int64_t step) {
  Batch batch;
  batch.rows = train.batch;
  batch.columns = train.context;
  const auto size = static_cast<std::size_t>(batch.rows * batch.columns);
  batch.tokens.assign(size, task.vocabulary().padding);
  batch.loss_mask.assign(size, 0);
  const auto columns = static_cast<std::size_t>(batch.columns);
  for (std::size_t row = 0; row < static_cast<std::size_t>(batch.rows); ++row) {
    Rng rng(data_seed, Purpose::training_data, static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(row));
    fill_row(task, task_config, rng, std::span(batch.tokens).subspan(row * columns, columns),
             std::span(batch.loss_mask).subspan(row * columns, columns));
  }
  return batch;
}

}  // namespace seedscape
