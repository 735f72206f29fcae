#include "seedscape/train/devices.h"

#include <algorithm>
#include <string_view>

#include "seedscape/base/error.h"

namespace seedscape {

namespace {

constexpr std::string_view kGpu = "cuda:";

/// "cuda:0,2" -> cuda:0, cuda:2; any other name is one device.
std::vector<std::string> listed(const std::string& asked) {
  if (!asked.starts_with(kGpu)) return {asked};
  std::vector<std::string> names;
  for (std::size_t start = kGpu.size(); start <= asked.size();) {
    const std::size_t end = std::min(asked.find(',', start), asked.size());
    names.push_back(std::string(kGpu) + asked.substr(start, end - start));
    start = end + 1;
  }
  return names;
}

}  // namespace

std::vector<std::string> resolve_devices(const std::string& asked, std::size_t gpus,
                                         const std::string& no_gpus_because) {
  std::vector<std::string> all_gpus;
  for (std::size_t i = 0; i < gpus; ++i) all_gpus.push_back(std::string(kGpu) + std::to_string(i));
  if (gpus > 0 && (asked == "auto" || asked == "cuda")) return all_gpus;
  if (asked == "cpu" || asked == "auto") return {"cpu"};

  std::vector<std::string> names = listed(asked);
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::ranges::find(all_gpus, *name) == all_gpus.end()) {
      std::string known = "cpu";
      for (const std::string& gpu : all_gpus) known += ", " + gpu;
      if (gpus == 0 && !no_gpus_because.empty()) known += "; no GPU: " + no_gpus_because;
      throw Error(ErrorKind::resources, "no such device: " + *name + " (this machine has: " + known + ")");
    }
    if (std::find(names.begin(), name, *name) != name) {
      throw Error(ErrorKind::usage, "--device " + asked + " names " + *name + " twice");
    }
  }
  return names;
}

}  // namespace seedscape
