// A sweep whose disk, log or terminal gives out ends with an exit code that says so, and goes on where it stopped.

#include <chrono>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <thread>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/private_mounts.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kSweep{"run",       SEEDSCAPE_SOURCE_DIR "/tests/fixtures/bad/good.yaml",
                                      "--device",  "cpu",
                                      "--workers", "1",
                                      "--set",     "train.steps=3",
                                      "--out",     "disk/tiny"};

/// results.csv of a sweep that nothing disturbed, without the times.
const std::string& undisturbed() {
  static const std::string csv = [] {
    const TempFolder folder;
    REQUIRE(seedscape::seedscape(folder, kSweep).code == 0);
    return timeless(read_text(folder / "disk/tiny/results.csv"));
  }();
  return csv;
}

bool says(const Answer& answer, const std::string& text) { return answer.err.find(text) != std::string::npos; }

/// Whatever is there is whole: no temporary, no log that ends inside a line, no results that are not those of the logs.
void check_nothing_half_written(const TempFolder& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder / "disk")) {
    CHECK(entry.path().extension() != ".tmp");
  }
  if (!fs::exists(folder / "disk/tiny/plan.json")) return;
  CHECK(seedscape::seedscape(folder, {"status", "disk/tiny"}).code == 0);
  if (fs::exists(folder / "disk/tiny/runs")) {
    for (const auto& log : fs::directory_iterator(folder / "disk/tiny/runs")) {
      const std::string text = read_text(log.path());
      CHECK((text.empty() || text.back() == '\n'));
    }
  }
  if (!fs::exists(folder / "disk/tiny/results.csv")) return;
  CHECK(seedscape::seedscape(folder, {"merge", "disk/tiny", "-o", "-"}).out ==
        read_text(folder / "disk/tiny/results.csv"));
}

/// The same command, now that nothing is in its way.
void check_completes(const TempFolder& folder) {
  const Answer answer = seedscape::seedscape(folder, kSweep);
  INFO(answer.err);
  CHECK(answer.code == 0);
  CHECK(timeless(read_text(folder / "disk/tiny/results.csv")) == undisturbed());
}

Answer sweep(const TempFolder& folder, const std::function<void()>& prepare) {
  return Child(folder.path(), kSweep, prepare).wait();
}

/// A stream whose reader has gone.
void break_pipe(int stream) {
  int ends[2];
  if (pipe(ends) != 0) _exit(127);
  dup2(ends[1], stream);
  close(ends[0]);
  close(ends[1]);
}

void fill(int stream) {
  const int full = open("/dev/full", O_WRONLY);
  dup2(full, stream);
  close(full);
}

}  // namespace

TEST_CASE("run: a full disk ends a sweep with 5, and with more room it completes to the same bits", "[cli]") {
  if (!has_private_mounts()) return;
  // Sixteen places to run out of room: the plan, a log, a record, the results.
  for (int free_kib = 4; free_kib <= 64; free_kib += 4) {
    const TempFolder folder;
    const SmallDisk disk(folder / "disk", "size=1m");
    std::ofstream(folder / "disk/filler") << std::string(static_cast<std::size_t>(1024 - free_kib) * 1024, 'x');
    INFO(free_kib << " KiB free");
    const Answer answer = seedscape::seedscape(folder, kSweep);
    INFO(answer.err);
    if (answer.code == 0) {  // room enough
      CHECK(free_kib > 16);
      continue;
    }
    CHECK(answer.code == 5);
    CHECK(says(answer, "No space left on device"));
    CHECK(answer.out.empty());
    check_nothing_half_written(folder);
    disk.change("size=8m");
    check_completes(folder);
  }
}

TEST_CASE("run: a disk without inodes is a full disk", "[cli]") {
  if (!has_private_mounts()) return;
  for (int inodes = 2; inodes <= 8; ++inodes) {
    const TempFolder folder;
    const SmallDisk disk(folder / "disk", "nr_inodes=" + std::to_string(inodes));
    INFO(inodes << " inodes");
    const Answer answer = seedscape::seedscape(folder, kSweep);
    INFO(answer.err);
    CHECK(answer.code == 5);
    CHECK(says(answer, "No space left on device"));
    check_nothing_half_written(folder);
    disk.change("nr_inodes=100");
    check_completes(folder);
  }
}

TEST_CASE("run: a read-only disk ends it with 5 before anything is trained", "[cli]") {
  if (!has_private_mounts()) return;
  for (const bool is_resumed : {false, true}) {
    const TempFolder folder;
    const SmallDisk disk(folder / "disk", "size=4m");
    if (is_resumed) {  // the plan is there, so the first write would be that of a result
      REQUIRE(seedscape::seedscape(folder, kSweep).code == 0);
      fs::remove_all(folder / "disk/tiny/runs");
    }
    disk.change("size=4m", MS_RDONLY);
    const Answer answer = seedscape::seedscape(folder, kSweep);
    INFO(answer.err);
    CHECK(answer.code == 5);
    CHECK(says(answer, "Read-only file system"));
    CHECK_FALSE(says(answer, "runs to train"));
    disk.change("size=4m");
    check_completes(folder);
  }
}

TEST_CASE("run: a limit on the size of files is an error, not a signal", "[cli]") {
  for (const rlim_t bytes : {100, 4000, 6000}) {
    const TempFolder folder;
    const Answer answer = sweep(folder, [=] {
      const rlimit most{bytes, bytes};
      setrlimit(RLIMIT_FSIZE, &most);
    });
    INFO(bytes << " bytes\n" << answer.err);
    CHECK(answer.code == 5);
    CHECK(fs::exists(folder / "disk/tiny"));
    check_nothing_half_written(folder);
    check_completes(folder);
  }
}

TEST_CASE("run: a result folder that goes away is an error", "[cli]") {
  const TempFolder folder;
  Child child(folder.path(), kSweep);
  while (!fs::exists(folder / "disk/tiny/plan.json")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  fs::rename(folder / "disk", folder / "moved");
  const Answer answer = child.wait();
  INFO(answer.err);
  CHECK(answer.code == 5);
  CHECK(says(answer, "disk/tiny: went away while the sweep ran\n"));
}

TEST_CASE("run: a reader of its output that goes away does not end a training", "[cli]") {
  for (const auto& prepare : std::vector<std::function<void()>>{
           [] { break_pipe(STDOUT_FILENO); }, [] { close(STDOUT_FILENO); }, [] { fill(STDOUT_FILENO); },
           [] {
             break_pipe(STDOUT_FILENO);
             break_pipe(STDERR_FILENO);
           },
           [] {
             for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(stream);
           }}) {
    const TempFolder folder;
    const Answer answer = sweep(folder, prepare);
    INFO(answer.err);
    CHECK(answer.code == 0);
    CHECK(timeless(read_text(folder / "disk/tiny/results.csv")) == undisturbed());
    check_nothing_half_written(folder);
  }
}

TEST_CASE("run: no file takes the place of a closed stream", "[cli]") {
  const TempFolder folder;
  REQUIRE(sweep(folder, [] { close(STDERR_FILENO); }).code == 0);
  std::istringstream log(read_text(fs::directory_iterator(folder / "disk/tiny/logs")->path()));
  std::size_t lines = 0;
  for (std::string line; std::getline(log, line); ++lines)
    CHECK(line.starts_with("20"));  // the year: no line of stderr
  CHECK(lines > 6);
}

TEST_CASE("commands that only print end with 5 when nobody reads", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, kSweep).code == 0);
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"validate", kSweep[1]},
                                             {"plan", kSweep[1]},
                                             {"status", "disk/tiny"},
                                             {"status", "disk/tiny", "--json"},
                                             {"sample", kSweep[1]},
                                             {"merge", "disk/tiny", "-o", "-"},
                                             {"analyze", "disk/tiny", "-o", "-"},
                                             {"schema"},
                                             {"--help"},
                                             {"--version"}}) {
    INFO(command[0]);
    CHECK(Child(folder.path(), command, [] { break_pipe(STDOUT_FILENO); }).wait().code == 5);
    CHECK(Child(folder.path(), command, [] { fill(STDOUT_FILENO); }).wait().code == 5);
    const Answer closed = Child(folder.path(), command, [] { close(STDOUT_FILENO); }).wait();
    CHECK(closed.code == 5);
    CHECK(closed.err == "cannot write to standard output\n");
  }
}

TEST_CASE("run: a log that cannot be made is said once, and the training goes on", "[cli]") {
  const TempFolder folder;
  fs::create_directories(folder / "disk/tiny");
  std::ofstream(folder / "disk/tiny/logs") << "in the way";
  const Answer answer = seedscape::seedscape(folder, kSweep);
  CHECK(answer.code == 0);
  CHECK(says(answer, "no log of this process is kept: cannot create folder disk/tiny/logs: File exists\n"));
  CHECK(timeless(read_text(folder / "disk/tiny/results.csv")) == undisturbed());
}

TEST_CASE("run: a log that fills its disk is said once, and the training goes on", "[cli]") {
  if (!has_private_mounts()) return;
  const TempFolder folder;
  const SmallDisk logs(folder / "disk/tiny/logs", "size=4k");
  std::ofstream(folder / "disk/tiny/logs/filler") << "takes the only page";
  const Answer answer = seedscape::seedscape(folder, kSweep);
  INFO(answer.err);
  CHECK(answer.code == 0);
  const std::string warning = "the log is incomplete from here on: ";
  CHECK(says(answer, warning));
  CHECK(answer.err.find(warning) == answer.err.rfind(warning));
  CHECK(says(answer, "6/6 runs"));
  CHECK(timeless(read_text(folder / "disk/tiny/results.csv")) == undisturbed());
}
