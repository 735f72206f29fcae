// Sweeps on disks that fail, fill up, or lose what was not synced when the power goes off.

#include <cstdio>
#include <memory>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"
#include "seedscape/store/results_csv.h"
#include "support/amnesia_fs.h"
#include "support/fake_trainer.h"
#include "support/fault_fs.h"
#include "support/small_sweep.h"
#include "support/sweep_results.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const std::filesystem::path kDir = "/sweeps/small";

/// Two runs with curves, all weights, and a checkpoint at each step.
Plan busy_plan() {
  SweepConfig config = small_sweep();
  config.axes[0].values = {1};
  config.seeds.count = 2;
  config.eval.every = 2;
  config.store.weights = "all";
  config.store.checkpoint_every = 1e-9;
  return make_plan(config);
}

/// One process's life on the disk in use: plan, runs, results. True if it came to its end, false if the disk ended it.
bool live(const Plan& plan) {
  try {
    make_folder(kDir);
    const LockFile lock(paths::claims(kDir).parent_path() / "claim", "a test");
    publish(paths::plan(kDir), plan_text(plan));
    const Walked walked = walk(plan, kDir, {});
    REQUIRE(walked.outcome.failed == 0);
    publish(paths::results_csv(kDir), results_csv(plan, load_records(kDir).records, [](const Cell&) {
              return std::vector<CellMetric>{{"exact_match", true}};
            }));
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::io) FAIL_CHECK(error.what());
    return false;
  }
}

struct Results {
  std::map<std::string, SeedRecord> runs, curves;
  bool operator==(const Results&) const = default;
};

/// What is stored on a disk.
Results results_on(Fs& disk) {
  const FsInPlace in_place(disk);
  return {results_of(kDir), results_of(kDir, LogKind::curves)};
}

/// Lives on `disk` and says whether it came to its end.
bool live_on(Fs& disk, const Plan& plan) {
  const FsInPlace in_place(disk);
  return live(plan);
}

Results undisturbed_results(const Plan& plan, int* changes = nullptr) {
  AmnesiaFs disk;
  REQUIRE(live_on(disk, plan));
  if (changes != nullptr) *changes = disk.changes();
  return results_on(disk);
}

/// Power cuts at `count` times spread over a sweep, each with every kind of loss: the next process completes the sweep.
/// Returns how many there were.
int cut_power(int count, std::uint64_t seed) {
  const Plan plan = busy_plan();
  int changes = 0, cuts = 0;
  const Results expected = undisturbed_results(plan, &changes);
  REQUIRE(expected.runs.size() == 2);
  for (int i = 0; i < count; ++i) {
    const int last = static_cast<int>((static_cast<std::int64_t>(i) * changes + changes / 2) / count);
    for (const Loss loss : {Loss::drop, Loss::tear, Loss::reorder}) {
      CAPTURE(last, loss, seed);
      AmnesiaFs disk(last);
      REQUIRE_FALSE(live_on(disk, plan));
      AmnesiaFs after = disk.after_power_cut(loss, seed + static_cast<std::uint64_t>(i));
      REQUIRE(live_on(after, plan));
      REQUIRE(results_on(after) == expected);
      ++cuts;
    }
  }
  return cuts;
}

/// Lets every `stride`-th call of a sweep fail, once and for ever: it ends with an I/O error or as if nothing had been,
/// and the next process completes it. Returns how many faults there were.
int break_calls(int stride, int error) {
  const Plan plan = busy_plan();
  const Results expected = undisturbed_results(plan);
  int faults = 0, survived = 0;
  for (const bool for_ever : {false, true}) {
    for (int nth = 1;; nth += stride) {
      CAPTURE(nth, for_ever, error);
      AmnesiaFs disk;
      FaultFs broken(disk, {.nth = nth, .for_ever = for_ever, .error = error});
      const bool ended = live_on(broken, plan);
      if (broken.calls() < nth) break;
      ++faults;
      if (ended) {
        ++survived;
        REQUIRE(results_on(disk) == expected);
      }
      REQUIRE(live_on(disk, plan));
      REQUIRE(results_on(disk) == expected);
    }
  }
  CHECK(survived < faults / 4);
  return faults;
}

}  // namespace

TEST_CASE("disk: a record whose append returned survives a power cut at any later time", "[sweep]") {
  int acknowledged_at_most = 0;
  for (int last = 0; last < 40; ++last) {
    for (const Loss loss : {Loss::drop, Loss::tear, Loss::reorder}) {
      AmnesiaFs disk(last);
      int acknowledged = 0;
      {
        const FsInPlace in_place(disk);
        try {
          make_folder(kDir);
          RecordWriter writer(kDir, {{"test", true}});
          for (; acknowledged < 8; ++acknowledged) writer.append({.run_id = std::to_string(acknowledged)});
        } catch (const Error& error) {
          CHECK(error.kind() == ErrorKind::io);
        }
      }
      AmnesiaFs after = disk.after_power_cut(loss, static_cast<std::uint64_t>(last));
      const FsInPlace in_place(after);
      CAPTURE(last, loss);
      REQUIRE(static_cast<int>(load_records(kDir).records.size()) >= acknowledged);
      acknowledged_at_most = std::max(acknowledged_at_most, acknowledged);
    }
  }
  CHECK(acknowledged_at_most == 8);
}

TEST_CASE("disk: after a power cut at any time a sweep ends with the results of an undisturbed one", "[sweep]") {
  CHECK(cut_power(60, 1) == 180);
}

TEST_CASE("disk: ten thousand power cuts", "[sweep][slow]") {
  int cuts = 0;
  for (std::uint64_t seed = 1000; cuts < 10000; seed += 1000) cuts += cut_power(350, seed);
  std::printf("%d power cuts, every sweep ended with the undisturbed results\n", cuts);
}

TEST_CASE("disk: a sweep that loses power again and again still ends with the undisturbed results", "[sweep]") {
  const Plan plan = busy_plan();
  const Results expected = undisturbed_results(plan);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    auto disk = std::make_unique<AmnesiaFs>(0);
    int lives = 1;
    for (; !live_on(*disk, plan); ++lives) {
      Rng rng(seed, Purpose::resampling, 1, static_cast<std::uint32_t>(lives));
      const auto loss = static_cast<Loss>(rng.below(3));
      const int last = 20 + static_cast<int>(rng.below(60));
      disk = std::make_unique<AmnesiaFs>(disk->after_power_cut(loss, rng.bits(), last));
    }
    CAPTURE(seed);
    CHECK(lives > 3);
    CHECK(results_on(*disk) == expected);
  }
}

TEST_CASE("disk: whichever file call fails, once or for ever, nothing is lost and nothing false is said", "[sweep]") {
  CHECK(break_calls(7, EIO) > 50);
  CHECK(break_calls(11, ENOSPC) > 30);
}

TEST_CASE("disk: every file call fails once and for ever, with each of four errors", "[sweep][slow]") {
  int faults = 0;
  for (const int error : {EIO, ENOSPC, EDQUOT, EROFS}) faults += break_calls(1, error);
  std::printf("%d faults, every sweep was completed by the next process\n", faults);
}

TEST_CASE("disk: interrupted calls and short writes do not show", "[sweep]") {
  const Plan plan = busy_plan();
  const TempFolder folder;
  StutteringFs stuttering;
  const FsInPlace in_place(stuttering);
  const Walked walked = walk(plan, folder.path(), {});
  CHECK(walked.outcome.trained == 2);
  const auto results = results_of(folder.path());
  CHECK(results == undisturbed_results(plan).runs);
}
