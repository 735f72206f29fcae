#include "seedscape/train/memory.h"

#include <algorithm>
#include <array>

namespace seedscape {

namespace {

/// A row that `bench --tune` printed: the S with the most seeds an hour.
struct Measured {
  const char* card;  // as the driver names it
  std::int64_t D, L, S;
};
constexpr std::array<Measured, 0> kMeasured{};

/// Seeds whose weight gradients are two waves of tiles on a card of 132 multiprocessors, without splitting a sum.
/// Reckoned, not measured.
struct Waves {
  std::int64_t D, S;
};
constexpr Waves kTwoWaves[] = {{64, 66}, {128, 38}, {256, 10}, {384, 5}, {512, 3}, {768, 2}};

/// Numbers of the residual stream, S B T D, below which launches take longer than what they launch. Reckoned, not
/// measured.
constexpr std::int64_t kBusyNumbers = 1 << 20;

constexpr double kUsedShare = 0.8;  // of a card's memory; the rest is the driver's, the libraries' and the evaluation's

}  // namespace

StepMemory step_memory(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train, std::int64_t S) {
  const auto number = [](std::int64_t value) { return static_cast<double>(value); };
  const double V = number((shape.V + kGpuLogitColumns - 1) / kGpuLogitColumns * kGpuLogitColumns), D = number(shape.D),
               L = number(shape.L), H = number(shape.H), F = number(shape.F);
  const double T = number(train.context - 1), N = number(train.batch) * T, P = number(parameter_count(shape));
  const bool narrow = train.precision == "bf16";
  const double operand = narrow ? 2 : 4, master = 4;
  const double stages = model.residual == "parallel" ? 1 : 2;  // of a layer

  const double folded = L * 12 * D * D + V * D, biases = L * (3 * D + F + stages * D) + V;
  const double weights = 4 * P * master + folded * (operand + master) + 2 * biases * master;
  const double layer = (4 * D + 2 * F) * operand + stages * (D * operand + (1 + H) * master);
  const double common = (2 * D + V + 1) * master + (6 * D + 2 * F) * operand + (narrow ? (V + D) * operand : 0);
  const double inputs = N * 2 * 4;

  // The most that one operation of LibTorch's holds at a time, in numbers of four bytes: attention's gradient in T x T
  // scores, the loss in logits, GELU in units, AdamW in parameters, the embedding's gradient in one-hot rows.
  const double attention = N * ((narrow ? 5.5 : 5) * H * T + 4 * D), loss = 5.25 * N * V, gelu = 6 * N * F,
               adamw = 8 * P, embedding = 3 * N * V + V * D, normalize = 8 * N * D, linear = 2 * N * (3 * D + F);
  StepMemory memory;
  memory.buffer_bytes = number(S) * (weights + N * (L * layer + common) + inputs);
  memory.scratch_bytes = number(S) * 4 * std::max({attention, loss, gelu, adamw, embedding, normalize, linear});
  return memory;
}

std::int64_t most_seeds(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train, const Card& card) {
  const double one = step_memory(shape, model, train, 1).total();  // S seeds take S times as much
  return static_cast<std::int64_t>(kUsedShare * static_cast<double>(card.memory_bytes) / one);
}

std::int64_t default_population(const ModelShape& shape, const ModelConfig& model, const TrainConfig& train,
                                const Card& card) {
  for (const Measured& row : kMeasured) {
    if (card.name == row.card && shape.D == row.D && shape.L == row.L) return row.S;
  }
  const auto* const waves =
      std::find_if(std::begin(kTwoWaves), std::end(kTwoWaves), [&](const Waves& row) { return shape.D <= row.D; });
  const std::int64_t of_seed = train.batch * (train.context - 1) * shape.D;
  const std::int64_t wanted =
      std::max(waves != std::end(kTwoWaves) ? waves->S : 1, (kBusyNumbers + of_seed - 1) / of_seed);
  return std::max<std::int64_t>(
      1, std::min({wanted, most_seeds(shape, model, train, card), kMostLockstepRows / train.batch}));
}

}  // namespace seedscape
