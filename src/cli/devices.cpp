#include "devices.h"

#include <cstdio>

#include "seedscape/base/printable.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

std::vector<std::string> asked_devices(const Options& options) {
  std::vector<std::string> devices = train_devices(options.device);
  if (options.device == "auto" && devices.front() == "cpu") {
    const NoGpu none = why_no_gpu();
    if (none.is_fault)
      std::fprintf(stderr, "training on the CPU: no GPU can be used: %s\n", printable_lines(none.reason).c_str());
  }
  return devices;
}

}  // namespace seedscape
