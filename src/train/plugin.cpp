// What the program finds in the training library: functions with C linkage, the library's fixed numerics, its
// devices.

#include <chrono>
#include <cstdlib>
#include <dlfcn.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>

#include "fused/aten_kernels.h"
#include "fused/cpu_kernels.h"
#include "fused/timed_kernels.h"
#include "fused/trainer.h"
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

/// Tokens that pass through the network together. On a CPU what they leave behind should stay in its cache; a GPU takes
/// the whole batch.
constexpr std::int64_t kCpuChunkTokens = 128, kGpuChunkTokens = std::int64_t{1} << 40;

FusedTrainer::Engine make_engine(const TrainerSetup& setup) {
  const torch::Device device = find_device(setup.device);
  const std::string& precision = setup.train.precision;
  if (precision == "tf32" && device.is_cpu())
    throw Error(ErrorKind::resources, "train.precision tf32 needs a GPU; this run is on the CPU");
  at::globalContext().setAllowTF32CuBLAS(precision == "tf32");
  const Precision types{.master = torch::kFloat32, .operand = precision == "bf16" ? torch::kBFloat16 : torch::kFloat32};
  std::unique_ptr<Kernels> kernels = std::make_unique<AtenKernels>();
  if (device.is_cpu() && precision == "fp32") kernels = std::make_unique<CpuKernels>();
  return {.kernels = std::move(kernels),
          .precision = types,
          .device = device,
          .chunk_tokens = device.is_cpu() ? kCpuChunkTokens : kGpuChunkTokens};
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

void seedscape_step_profile(const seedscape::TrainerSetup* setup, int steps,
                            std::map<std::string, seedscape::OperationTime>* profile) {
  using Clock = std::chrono::steady_clock;
  at::set_num_threads(1);
  seedscape::FusedTrainer::Engine engine = seedscape::make_engine(*setup);
  auto timed = std::make_unique<seedscape::TimedKernels>(std::move(engine.kernels), engine.device);
  seedscape::TimedKernels& watch = *timed;
  engine.kernels = std::move(timed);
  seedscape::FusedTrainer trainer(*setup, std::move(engine));
  trainer.step();
  watch.clear();
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < steps; ++i) trainer.step();
  const double whole_s = std::chrono::duration<double>(Clock::now() - start).count();
  double timed_s = 0;
  for (const auto& [name, time] : watch.times()) {
    timed_s += time.seconds;
    (*profile)[name] = {time.seconds / steps, time.flops / steps, time.bytes / steps};
  }
  (*profile)["other"].seconds = (whole_s - timed_s) / steps;
}

seedscape::Trainer* seedscape_make_trainer(const seedscape::TrainerSetup* setup) {
  static const bool fixed = (seedscape::fix_numerics(), true);
  static_cast<void>(fixed);
  if (setup->train.trainer == "reference") return new seedscape::ReferenceTrainer(*setup);
  at::set_num_threads(1);
  return new seedscape::FusedTrainer(*setup, seedscape::make_engine(*setup));
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
                            {"instruction_set", seedscape::operations().instruction_set},
                            {"threads", 1},
                            {"device", c10::DeviceTypeName(found.type(), /*lower_case=*/true)},
                            {"deterministic", true}};
}
}
