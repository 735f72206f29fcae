// What the program stands on, and what is wrong with it.

#include <cstdio>
#include <sys/statvfs.h>
#include <unistd.h>

#include "commands.h"
#include "results.h"
#include "seedscape/base/version.h"
#include "seedscape/sweep/workers.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

namespace {

constexpr double kLittleSpaceBytes = 1e9;

void print_gpu(const std::string& device) {
  if (device == "cpu") return;
  std::printf("GPU %s", device.c_str());
  if (const std::optional<Card> card = find_card(device))
    std::printf(": %s, %.0f GB", card->name.c_str(), static_cast<double>(card->memory_bytes) / 1e9);
  std::printf("\n");
}

}  // namespace

ExitCode doctor_command(const Options&) {
  std::vector<std::string> problems;
  std::printf("seedscape %s, built with %s\n", kVersion, __VERSION__);
  std::printf("cores: %lld usable\n", static_cast<long long>(usable_cores()));
  try {
    const std::vector<std::string> devices = train_devices("auto");
    const nlohmann::json fingerprint = train_fingerprint(devices.front());
    const NoGpu none = why_no_gpu();
    std::printf("training on the CPU: our kernels for %s, LibTorch %s (%s)\n",
                fingerprint.at("instruction_set").get<std::string>().c_str(),
                fingerprint.at("libtorch").get<std::string>().c_str(),
                fingerprint.at("cpu_capability").get<std::string>().c_str());
    std::printf("training on GPUs: %s\n", about_gpu_half().c_str());
    if (none.is_fault) problems.push_back("no GPU is used: " + none.reason);
    if (!none.reason.empty() && !none.is_fault) std::printf("GPUs: none, %s\n", none.reason.c_str());
    for (const std::string& device : devices) print_gpu(device);
  } catch (const Error& error) {
    problems.push_back(std::string(error.what()) + "; run scripts/setup");
  }
  struct statvfs disk {};
  if (statvfs(".", &disk) == 0) {
    const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
    std::printf("disk: %.1f GB free in the current folder\n", free / 1e9);
    if (free < kLittleSpaceBytes) problems.push_back("little disk space; free some or give another folder with --out");
  }
  if (access(".", W_OK) != 0) problems.push_back("the current folder cannot be written; give another one with --out");
  for (const std::string& problem : problems) std::printf("problem: %s\n", problem.c_str());
  if (problems.empty()) std::printf("no problems found\n");
  return problems.empty() ? ExitCode::ok : ExitCode::resources;
}

}  // namespace seedscape
