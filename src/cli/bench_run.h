#pragma once
// One training at a named shape, to be timed.

#include <memory>
#include <vector>

#include "commands.h"
#include "seedscape/tasks/batch.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

struct BenchShape {
  const char* name;
  std::int64_t V, D, L, K, B, T;
  bool by_default = true;
};

inline constexpr BenchShape kBenchShapes[] = {
    {"tiny", 44, 32, 2, 16, 8, 32},
    {"demo", 44, 64, 2, 32, 16, 64},
    {"small", 154, 64, 4, 64, 128, 256},
    {"mid", 154, 128, 4, 64, 32, 256},
    {"wide", 154, 512, 4, 64, 8, 256},
    // A GPU's, of the paper's count sweep, whose context of 256 tokens has 255 positions; too much for a core.
    {"w64", 154, 64, 4, 64, 128, 255, false},
    {"w128", 154, 128, 4, 64, 128, 255, false},
    {"w256", 154, 256, 4, 64, 128, 255, false},
    {"w512", 154, 512, 4, 64, 128, 255, false},
    {"w1024", 154, 1024, 4, 64, 128, 255, false},
};

/// The count task's training at a shape, its batches made beforehand and used in turn.
struct BenchRun {
  std::unique_ptr<Task> task;
  std::vector<Batch> batches;
  TrainerSetup setup;
  double data_s = 0;  // to make one batch
};

/// For S seeds in lockstep. The result stays where it is: its setup reads its batches.
std::unique_ptr<BenchRun> make_bench_run(const BenchShape& shape, const Options& options, const std::string& device,
                                         std::int64_t S);

/// As `run` chooses: on a GPU as many as keep it busy, else one.
std::int64_t default_bench_seeds(const BenchShape& shape, const Options& options, const std::string& device);

/// Of a step, per seed.
struct Timing {
  double median_s = 0, min_s = 0;
};

Timing measure(const TrainerSetup& setup, double seconds);

}  // namespace seedscape
