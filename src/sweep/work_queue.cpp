#include "work_queue.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

void check_fit(const StoredCheckpoint& stored, const std::vector<PendingRun>& runs) {
  const PlannedCell& cell = *runs.front().cell;
  const auto P = static_cast<std::size_t>(cell.parameters);
  bool fits = stored.checkpoint.step >= cell.cell.train.first_step && stored.checkpoint.step <= cell.cell.train.steps;
  for (const PendingRun& run : runs) fits = fits && run.cell == &cell;
  for (const RunInFlight& run : stored.checkpoint.runs) {
    const SeedState& state = run.state;
    fits = fits && state.weights.size() == P && state.first_moment.size() == P && state.second_moment.size() == P;
  }
  if (!fits) {
    throw Error(ErrorKind::corrupt, printable(stored.file.string()) + ": does not fit the runs that it names");
  }
}

void check_usable(const StoredCheckpoint& stored, const std::vector<PendingRun>& runs, LogMarks& marks,
                  const nlohmann::json& fingerprint) {
  check_fit(stored, runs);
  marks.check(stored.checkpoint.mark);
  if (same_fingerprint(stored.checkpoint.fingerprint, fingerprint)) return;
  throw Error(ErrorKind::other_software, std::to_string(runs.size()) +
                                             " run(s) in flight were begun with other software or hardware (" +
                                             differing_members({stored.checkpoint.fingerprint, fingerprint}, ", now ") +
                                             "); go on there, or start them over with --restart-run");
}

/// Hands out the pending runs, those of checkpoints first.
class Allotment {
 public:
  Allotment(const Plan& plan, const RecordIndex& known, const std::filesystem::path& dir,
            const nlohmann::json& fingerprint, const SweepOptions& options)
      : plan_(plan), known_(known), dir_(dir), fingerprint_(fingerprint), options_(options), marks_(dir) {
    for (PendingRun& run : pending_runs(plan, known, options.retry_failed)) {
      waiting_.emplace(run.run->run_id, pending_.size());
      pending_.push_back(run);
    }
  }

  std::vector<WorkItem> items() {
    LoadedCheckpoints loaded = load_checkpoints(dir_);
    if (!loaded.broken.empty()) {
      if (!options_.restart_runs) {
        throw Error(ErrorKind::corrupt, loaded.broken_reason + "; --restart-run starts its runs over");
      }
      for (const std::filesystem::path& file : loaded.broken) remove_file(file);
    }
    for (StoredCheckpoint& stored : loaded.good) take(stored);
    add_fresh();
    std::vector<WorkItem> items;
    for (Draft& draft : drafts_) {
      std::ranges::reverse(draft.files);  // they came furthest first
      items.push_back({.runs = std::move(draft.runs),
                       .start = std::move(draft.start),
                       .checkpoints = CheckpointSeries(dir_, std::move(draft.files))});
    }
    return items;
  }

 private:
  struct Draft {
    std::vector<PendingRun> runs;
    std::optional<Checkpoint> start{};
    std::vector<std::filesystem::path> files{};
  };

  void take(StoredCheckpoint& stored) {
    Draft draft;
    std::vector<RunInFlight> in_flight;
    for (RunInFlight& run : stored.checkpoint.runs) {
      const auto found = waiting_.find(run.run_id);
      if (found == waiting_.end() || pending_[found->second].attempt != run.attempt) continue;
      draft.runs.push_back(pending_[found->second]);
      in_flight.push_back(std::move(run));
    }
    if (draft.runs.empty()) return put_aside(stored);
    stored.checkpoint.runs = std::move(in_flight);
    try {
      check_usable(stored, draft.runs, marks_, fingerprint_);
    } catch (const Error& error) {
      if (!options_.restart_runs || error.kind() == ErrorKind::io) throw;
      spdlog::warn("[run] {}", error.what());
      return remove_file(stored.file);
    }
    for (const RunInFlight& run : stored.checkpoint.runs) {
      waiting_.erase(run.run_id);
      place_.emplace(run.run_id, drafts_.size());
    }
    draft.start = std::move(stored.checkpoint);
    draft.files.push_back(stored.file);
    drafts_.push_back(std::move(draft));
  }

  /// A checkpoint with nothing to go on: an earlier one of a group in flight goes when that ends; one whose runs have
  /// all ended goes now; the rest is another process's.
  void put_aside(const StoredCheckpoint& stored) {
    bool all_ended = true;
    for (const RunInFlight& run : stored.checkpoint.runs) {
      const auto place = place_.find(run.run_id);
      if (place != place_.end()) return drafts_[place->second].files.push_back(stored.file);
      const auto record = known_.find(run.run_id);
      const bool ended = record != known_.end() && is_terminal(record->second, plan_.config.eval, false);
      all_ended = all_ended && ended;
    }
    if (all_ended) remove_file(stored.file);
  }

  void add_fresh() {
    std::vector<PendingRun> rest;
    for (const PendingRun& run : pending_) {
      if (waiting_.contains(run.run->run_id)) rest.push_back(run);
    }
    for (const SeedGroup group : seed_groups(rest, options_.population)) {
      drafts_.push_back({.runs = {group.begin(), group.end()}});
    }
  }

  const Plan& plan_;
  const RecordIndex& known_;
  const std::filesystem::path& dir_;
  const nlohmann::json& fingerprint_;
  const SweepOptions& options_;
  LogMarks marks_;
  std::vector<PendingRun> pending_;
  std::map<std::string, std::size_t> waiting_;  // run id, place in pending_
  std::map<std::string, std::size_t> place_;    // run id in flight, place in drafts_
  std::vector<Draft> drafts_;
};

}  // namespace

std::vector<WorkItem> make_work(const Plan& plan, const RecordIndex& known, const std::filesystem::path& dir,
                                const nlohmann::json& fingerprint, const SweepOptions& options) {
  return Allotment(plan, known, dir, fingerprint, options).items();
}

}  // namespace seedscape
