#pragma once
// Trains S seeds of one cell in lockstep. The life of a seed:
//   1. src/cli/commands.cpp: run           loads the config and opens the result folder
//   2. src/sweep/plan.cpp                  lists cells x seeds, drops what is done, cuts the rest into seed groups
//   3. src/sweep/run_sweep.cpp             hands groups to workers, longest first; one that throws is recorded, the
//   rest
//                                          go on; src/sweep/train_group.cpp is one group
//   4. src/train/fused/trainer.cpp         starts from src/model/init.cpp's weights, or from those of a file; each step
//                                          takes its data from src/tasks/batch.cpp
//   5. src/train/fused/step.cpp            forward and backward (network.cpp), norm, clip, AdamW;
//                                          src/train/reference is the same on LibTorch's autograd, made to be read
//   6. src/eval/scores.cpp                 turns predictions on test problems into metrics
//   7. src/store/result_store.cpp          appends one checked line per run
//   8. src/analysis/analyze.cpp            reads the lines back and computes the statistics

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/config/cells.h"
#include "seedscape/eval/scores.h"
#include "seedscape/model/shape.h"
#include "seedscape/tasks/batch.h"

namespace seedscape {

/// Gives the batch of update `step` for a data seed.
using BatchSource = std::function<Batch(std::uint64_t data_seed, std::int64_t step)>;

/// What a trainer needs to know: one cell, S seeds, where. Slots beyond the seeds are padding, which the trainer fills
/// itself and no result shows: the population is the same over a sweep, so that a seed's bits do not depend on how many
/// neighbours it has.
struct TrainerSetup {
  ModelShape shape;
  ModelConfig model;
  TrainConfig train;
  std::vector<SeedPair> seeds;  // S of them
  BatchSource batches;
  std::string device = "cpu";                 // cpu | cuda:N
  std::int64_t population = 0;                // slots, at least S; 0 = S
  std::vector<std::vector<float>> weights{};  // [S][P], to start from; empty = drawn from each init seed
  std::string kernels = "default";  // of the fused trainer on a GPU: default | own | aten, for tests and `bench`
};

/// All that the coming updates of a seed depend on besides its cell, its seeds and the number of updates done. [P]
/// each, as the layout places them.
struct SeedState {
  std::vector<float> weights, first_moment, second_moment;
  bool operator==(const SeedState&) const = default;
};

/// A GPU.
struct Card {
  std::string name;
  std::int64_t memory_bytes = 0;
};

/// Requires: restore()? step* with step() called at most train.steps - train.first_step times; the other calls may
/// stand anywhere between
class Trainer {
 public:
  virtual ~Trainer() = default;

  /// One update of every seed: data, forward, loss, backward, per-seed clip, AdamW.
  ///
  /// Shapes: result [S], the loss of each seed's batch before the update; NaN for a loss or gradient norm that is not
  ///         finite (that seed's weights are meaningless from then on, the caller ends it as diverged) and for retired
  ///         seeds
  virtual std::vector<double> step() = 0;

  /// Seed `s` is not updated any longer: it ended early, or diverged. Its weights stay as they are.
  virtual void retire(std::size_t s) = 0;

  /// Finished updates, the train.first_step ones before the start included.
  virtual std::int64_t steps_done() const = 0;

  /// The model of seed `s` on test problems, without gradients.
  virtual Predictions predict(std::size_t s, const EvalBatch& batch) = 0;

  /// The weights of seed `s`, [P].
  virtual std::vector<float> weights(std::size_t s) = 0;

  /// What seed `s` needs to go on elsewhere.
  virtual SeedState state(std::size_t s) = 0;

  /// Goes on after `steps_done` updates, from the states of another trainer of the same setup: the same bits as if
  /// there had been no change of trainers.
  ///
  /// Shapes: states [S]
  virtual void restore(std::int64_t steps_done, const std::vector<SeedState>& states) = 0;
};

/// The trainer that train.trainer names. Loads LibTorch on its first call.
///
/// Throws: Error(resources) if the device does not exist (the message lists those that do) or the library cannot be
/// loaded
std::unique_ptr<Trainer> make_trainer(const TrainerSetup& setup);

/// The devices that a name stands for, "cpu" or some of "cuda:0", "cuda:1", ...: cpu, cuda (every GPU), cuda:N,M
/// (these), or auto (every GPU, else the CPU).
///
/// Throws: as make_trainer; Error(usage) if a GPU is named twice
std::vector<std::string> train_devices(const std::string& asked);

/// What the numbers depend on besides the config: library version, CPU capability, threads, kind of device ("cpu" or
/// "cuda", whichever GPU it is); stored with the records.
///
/// Throws: as make_trainer
nlohmann::json train_fingerprint(const std::string& device);

/// What one kind of operation took, and what it had to do.
struct OperationTime {
  double seconds = 0, flops = 0, bytes = 0;
};

/// Mean over `steps` training steps of the fused trainer, by operation; "other" is what lies between them.
std::map<std::string, OperationTime> step_profile(const TrainerSetup& setup, int steps);

/// The GPU that "cuda:N" stands for; nothing for the CPU, and where the CUDA library is not built.
///
/// Throws: as make_trainer
std::optional<Card> find_card(const std::string& device);

/// Why no GPU can be used on this machine.
struct NoGpu {
  std::string reason;     // empty if one can
  bool is_fault = false;  // an NVIDIA driver is there, so that there is something to mend
};
NoGpu why_no_gpu();

/// What the trainer's half for GPUs is, or why there is none; loads it.
std::string about_gpu_half();

/// Floating-point operations a second of a matrix product, the best of twenty: 512 cubed on one thread of a CPU, 8192
/// cubed on a GPU.   precision: fp32 | tf32 | bf16, of the operands
double peak_flops(const std::string& device, const std::string& precision);

/// Bytes a second, read and written, of a copy that no cache holds: 256 MiB on one thread of a CPU, 1 GiB on a GPU; the
/// best of ten.
double peak_bytes(const std::string& device);

}  // namespace seedscape
