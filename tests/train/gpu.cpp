#include "gpu.h"

#include "train/reference/trainer.h"

namespace seedscape {

std::optional<torch::Device> find_test_gpu() {
  fix_numerics();
  const torch::Device device = find_device("auto");
  if (device.is_cuda()) return device;
  WARN("skipped: no GPU here");
  return std::nullopt;
}

std::unique_ptr<Kernels> make_gpu_kernels(KernelChoice choice, torch::Device device) {
  return find_cuda_library()->make_kernels(choice, device);
}

}  // namespace seedscape
