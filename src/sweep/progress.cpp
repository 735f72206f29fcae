#include "seedscape/sweep/progress.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <optional>

#include <spdlog/spdlog.h>

#include "seedscape/base/duration.h"
#include "seedscape/base/number.h"
#include "seedscape/sweep/cost.h"

namespace seedscape {

namespace {

constexpr auto kRedraw = std::chrono::milliseconds(250);
constexpr std::size_t kBarWidth = 16, kBins = 10;

std::optional<double> main_score(const SeedRecord& record, const AnalysisConfig& analysis) {
  if (record.status == RunStatus::diverged) return 0.0;
  for (const LengthScores& at : record.lengths) {
    if (at.length != analysis.length) continue;
    for (const auto& [metric, value] : at.scores) {
      if (metric == analysis.metric) return value;
    }
  }
  return std::nullopt;
}

std::string bar(double share) {
  const auto full = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * kBarWidth));
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

/// Scores over [0, 1] in block characters, the fullest bin a whole block; scores outside count in the outer bins.
std::string small_histogram(const std::vector<double>& scores) {
  constexpr std::array<const char*, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::array<std::size_t, kBins> counts{};
  for (const double score : scores) {
    counts[static_cast<std::size_t>(std::clamp(score * kBins, 0.0, kBins - 1.0))]++;
  }
  const std::size_t most = std::max<std::size_t>(1, *std::max_element(counts.begin(), counts.end()));
  std::string text;
  for (const std::size_t count : counts) text += blocks[(count * 8 + most - 1) / most];
  return text;
}

}  // namespace

Progress::Progress(const Plan& plan, const RecordIndex& known, bool retry_failed, Display display)
    : plan_(plan), display_(display), cells_(plan.cells.size()) {
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const PlannedCell& cell = plan.cells[i];
    CellState& state = cells_[i];
    state.cell = &cell;
    state.label = cell_label(plan.config, cell.cell);
    const double work = estimated_seconds(cell);
    state.work_per_step = work / static_cast<double>(cell.cell.train.steps - cell.cell.train.first_step);
    for (const PlannedRun& run : cell.runs) {
      const auto record = known.find(run.run_id);
      if (record == known.end() || !is_terminal(record->second, plan.config.eval, retry_failed)) {
        state.work_left.fetch_add(work, std::memory_order_relaxed);
      } else {
        ++state.ended;
        if (const auto score = main_score(record->second, plan.config.analysis)) state.scores.push_back(*score);
      }
    }
  }
  if (display_ == Display::live) {
    painter_ = std::jthread([this](const std::stop_token& stop) {
      std::condition_variable_any wake;
      std::mutex sleeping;
      std::unique_lock lock(sleeping);
      while (!wake.wait_for(lock, stop, kRedraw, [&] { return stop.stop_requested(); })) draw();
    });
  }
}

Progress::~Progress() {
  if (display_ != Display::live) return;
  painter_.request_stop();
  painter_.join();
  draw();
}

Progress::CellState& Progress::state_of(const PlannedCell& cell) {
  return cells_[static_cast<std::size_t>(&cell - plan_.cells.data())];
}

void Progress::stepped(const PlannedCell& cell, std::int64_t steps) {
  CellState& state = state_of(cell);
  state.work_done.fetch_add(static_cast<double>(steps) * state.work_per_step, std::memory_order_relaxed);
}

void Progress::skipped(const PlannedCell& cell, std::int64_t steps) {
  CellState& state = state_of(cell);
  state.work_left.fetch_sub(static_cast<double>(steps) * state.work_per_step, std::memory_order_relaxed);
}

void Progress::finished(const PlannedCell& cell, const SeedRecord& record) {
  const std::lock_guard lock(mutex_);
  CellState& state = state_of(cell);
  ++state.ended;
  const std::optional<double> score = main_score(record, plan_.config.analysis);
  if (score) state.scores.push_back(*score);
  // A run that ended early did the work of all its steps, as far as the time left is concerned.
  const auto steps_left = static_cast<double>(cell.cell.train.steps - record.step);
  state.work_done.fetch_add(steps_left * state.work_per_step, std::memory_order_relaxed);

  std::int64_t ended = 0, planned = 0;
  for (const CellState& each : cells_) {
    ended += each.ended;
    planned += static_cast<std::int64_t>(each.cell->runs.size());
  }
  spdlog::info("[train] {} seed={} {} {}@{}={} loss={} {:.1f}s  {}/{} runs, {} left", state.label, record.seed,
               to_string(record.status), plan_.config.analysis.metric, plan_.config.analysis.length,
               score ? shortest(*score) : "none", record.train_loss ? shortest(*record.train_loss) : "none",
               record.wall_s, ended, planned, duration_text(seconds_left()));
}

/// Work done in a second since the start.
double Progress::speed() const {
  double done = 0;
  for (const CellState& state : cells_) done += state.work_done.load(std::memory_order_relaxed);
  return done / std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double Progress::seconds_left() const {
  double left = 0;
  for (const CellState& state : cells_) left += state.work_left - state.work_done.load(std::memory_order_relaxed);
  return left <= 0 ? 0 : left / speed();
}

std::vector<std::string> Progress::lines() const {
  std::size_t widest = 0;
  for (const CellState& state : cells_) widest = std::max(widest, state.label.size());
  std::vector<std::string> lines;
  std::int64_t ended = 0, planned = 0;
  for (const CellState& state : cells_) {
    const auto runs = static_cast<std::int64_t>(state.cell->runs.size());
    const double left = state.work_left - state.work_done.load(std::memory_order_relaxed);
    const double total = estimated_seconds(*state.cell) * static_cast<double>(runs);
    const std::string count = std::to_string(state.ended) + "/" + std::to_string(runs);
    lines.push_back(state.label + std::string(widest - state.label.size() + 2, ' ') + bar(1 - left / total) + "  " +
                    count + std::string(count.size() < 9 ? 9 - count.size() : 1, ' ') + "|" +
                    small_histogram(state.scores) + "|  " +
                    (state.ended == runs ? "" : duration_text(left <= 0 ? 0 : left / speed())));
    ended += state.ended;
    planned += runs;
  }
  lines.push_back(std::to_string(ended) + "/" + std::to_string(planned) + " runs" +
                  (ended == planned ? "" : ", " + duration_text(seconds_left()) + " left"));
  return lines;
}

/// Writes the lines over those of the last time.
void Progress::draw() {
  const std::lock_guard lock(mutex_);
  std::string text = drawn_lines_ > 0 ? "\x1b[" + std::to_string(drawn_lines_) + "A" : "";
  const std::vector<std::string> now = lines();
  for (const std::string& line : now) text += "\r" + line + "\x1b[K\n";
  drawn_lines_ = now.size();
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace seedscape
