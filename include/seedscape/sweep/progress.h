#pragma once
// How far a sweep is: a log line for each run, and a live display on a terminal.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "seedscape/sweep/plan.h"

namespace seedscape {

/// Counts work as it is done. Time left = work left / (work done since the start / time since the start), work being
/// each cell's estimated seconds: only their proportions matter, the speed is measured.
class Progress {
 public:
  enum class Display { live, lines };

  Progress(const Plan& plan, const RecordIndex& known, bool retry_failed, Display display);
  ~Progress();  // leaves the final state of the display on the screen

  /// One step of a run is done, or several. From any thread.
  void stepped(const PlannedCell& cell, std::int64_t steps = 1);

  /// So many steps of a run need not be done: they were done before. From any thread.
  void skipped(const PlannedCell& cell, std::int64_t steps);

  /// A run has ended and is stored. From any thread.
  void finished(const PlannedCell& cell, const SeedRecord& record);

  /// The lines of the display: a line a cell (bar, ended/planned, histogram of the main scores so far, time left) and
  /// one for all.
  std::vector<std::string> lines() const;

  double seconds_left() const;

 private:
  struct CellState {
    const PlannedCell* cell = nullptr;
    std::string label;
    std::int64_t ended = 0;
    double work_per_step = 0;
    std::atomic<double> work_left{0};  // at the start
    std::atomic<double> work_done{0};
    std::vector<double> scores;  // main metric at the main length
  };

  CellState& state_of(const PlannedCell& cell);
  double speed() const;
  void draw();

  const Plan& plan_;
  const Display display_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::vector<CellState> cells_;
  std::size_t drawn_lines_ = 0;
  std::jthread painter_;
};

}  // namespace seedscape
