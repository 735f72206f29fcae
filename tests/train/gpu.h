#pragma once
// The GPU that tests run on.

#include <optional>

#include "support/torch_test.h"
#include "train/fused/cuda_library.h"
#include "train/reference/trainer.h"

namespace seedscape {

/// Nothing where there is none, and then says so.
inline std::optional<torch::Device> find_test_gpu() {
  const torch::Device device = find_device("auto");
  if (device.is_cuda()) return device;
  WARN("skipped: no GPU here");
  return std::nullopt;
}

}  // namespace seedscape
