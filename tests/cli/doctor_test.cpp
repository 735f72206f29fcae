// What `doctor` says of a machine, and what is said where a GPU is there and not used.

#include <cstdlib>
#include <filesystem>

#include "program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

/// As on a machine with an NVIDIA driver that LibTorch can do nothing with.
Answer beside_a_driver(const TempFolder& folder, const std::vector<std::string>& arguments) {
  const fs::path driver = fs::path(SEEDSCAPE_PROGRAM).parent_path() / "fake_driver";
  return Child(folder.path(), arguments, [&] { setenv("LD_LIBRARY_PATH", driver.c_str(), 1); }).wait();
}

bool has_driver() { return fs::exists("/proc/driver/nvidia/version"); }

}  // namespace

TEST_CASE("doctor: it says what each half of the trainer is", "[cli]") {
  const TempFolder folder;
  const std::string out = seedscape::seedscape(folder, {"doctor"}).out;
  CHECK_THAT(out, contains("training on the CPU: our kernels for ") && contains("LibTorch 2.11.0"));
  CHECK_THAT(out, contains("training on GPUs: "));
  CHECK_THAT(out, contains("built with"));
}

TEST_CASE("doctor: a machine without a GPU has nothing wrong with it", "[cli]") {
  if (has_driver()) {
    WARN("skipped: no machine without a GPU");
    return;
  }
  const TempFolder folder;
  const Answer answer = seedscape::seedscape(folder, {"doctor"});
  CHECK(answer.code == 0);
  CHECK_THAT(answer.out, contains("GPUs: none, no NVIDIA driver") && contains("no problems found"));
  CHECK(seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--quiet", "--device", "cuda"})
            .err.find("no such device: cuda (this machine has: cpu; no GPU: no NVIDIA driver") != std::string::npos);
}

TEST_CASE("doctor: a driver without a GPU that can be used is a problem, with the reason", "[cli]") {
  const TempFolder folder;
  const Answer answer = beside_a_driver(folder, {"doctor"});
  CHECK(answer.code == 8);
  CHECK_THAT(answer.out, contains("problem: no GPU is used: "));
  CHECK_THAT(answer.out, !contains("no problems found"));
}

TEST_CASE("doctor: a sweep that stays on the CPU beside a driver says why", "[cli]") {
  const TempFolder folder;
  const std::vector<std::string> run{"run", config_path("smoke.yaml"), "--quiet"};
  const Answer automatic = beside_a_driver(folder, run);
  CHECK(automatic.code == 0);
  CHECK_THAT(automatic.err, contains("training on the CPU: no GPU can be used: "));
  const Answer chosen = beside_a_driver(folder, {run[0], run[1], run[2], "--device", "cpu", "--out", "chosen"});
  CHECK(chosen.code == 0);
  CHECK_THAT(chosen.err, !contains("GPU"));
}
