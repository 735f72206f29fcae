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

}  // namespace

ExitCode doctor_command(const Options&) {
  std::vector<std::string> problems;
  std::printf("seedscape %s, built with %s\n", kVersion, __VERSION__);
  std::printf("cores: %lld usable\n", static_cast<long long>(usable_cores()));
  try {
    const std::vector<std::string> devices = train_devices("auto");
    const nlohmann::json fingerprint = train_fingerprint(devices.front());
    std::string names = devices.front();
    for (std::size_t i = 1; i < devices.size(); ++i) names += ", " + devices[i];
    std::printf("training: LibTorch %s, %s, device %s\n", fingerprint.at("libtorch").get<std::string>().c_str(),
                fingerprint.at("cpu_capability").get<std::string>().c_str(), names.c_str());
    if (const std::optional<Card> card = find_card(devices.front()))
      std::printf("GPU: %s, %.0f GB\n", card->name.c_str(), static_cast<double>(card->memory_bytes) / 1e9);
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
