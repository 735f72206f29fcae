// What the program finds in the training library: functions with C linkage, the library's fixed numerics, its
// devices.

#include <chrono>
#include <cstdlib>
#include <dlfcn.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>

#include "reference/trainer.h"
#include "seedscape/base/error.h"
#include "seedscape/train/devices.h"

namespace seedscape {

namespace {

/// Numerics that every trainer relies on; set once, before the first tensor.
void fix_numerics() {
  at::Context& context = at::globalContext();
  context.setDeterministicAlgorithms(true, false);
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
  context.setAllowTF32CuBLAS(false);
  context.setAllowTF32CuDNN(false);
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);  // deterministic cuBLAS asks for it
}

std::size_t cuda_devices() {
  // CUDA registers itself with LibTorch when its half of the library is loaded; without a driver it is of no use.
  static const bool loaded = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) != nullptr &&
                             dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr;
  return loaded ? static_cast<std::size_t>(torch::cuda::device_count()) : 0;
}

std::vector<std::string> known_devices(const std::string& asked) {
  return resolve_devices(asked, asked == "cpu" ? 0 : cuda_devices());
}

}  // namespace

torch::Device find_device(const std::string& name) { return torch::Device(known_devices(name).front()); }

}  // namespace seedscape

extern "C" {

double seedscape_peak_flops(const char* device) {
  const torch::NoGradGuard no_grad;
  at::set_num_threads(1);
  constexpr std::int64_t n = 512;
  const torch::Tensor a = torch::ones({n, n}, seedscape::find_device(device)), b = torch::ones_like(a);
  torch::Tensor c = torch::empty_like(a);
  double best_s = 1e9;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    torch::mm_out(c, a, b);
    c[0][0].item<float>();
    best_s = std::min(best_s, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return 2.0 * n * n * n / best_s;
}

seedscape::Trainer* seedscape_make_trainer(const seedscape::TrainerSetup* setup) {
  static const bool fixed = (seedscape::fix_numerics(), true);
  static_cast<void>(fixed);
  return new seedscape::ReferenceTrainer(*setup);
}

std::vector<std::string>* seedscape_train_devices(const char* asked) {
  return new std::vector<std::string>(seedscape::known_devices(asked));
}

nlohmann::json* seedscape_train_fingerprint(const char* device) {
  const torch::Device found = seedscape::find_device(device);
  return new nlohmann::json{{"numerics", seedscape::kNumericsVersion},
                            {"compiler", __VERSION__},
                            {"libtorch", TORCH_VERSION},
                            {"cpu_capability", at::get_cpu_capability()},
                            {"threads", 1},
                            {"device", c10::DeviceTypeName(found.type(), /*lower_case=*/true)},
                            {"deterministic", true}};
}
}
