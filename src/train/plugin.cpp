// What the program finds in the training library: functions with C linkage, the library's fixed numerics, its
// devices.

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <string>
#include <utility>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <gnu/libc-version.h>

#include "fused/cpu/operations.h"
#include "fused/cuda_library.h"
#include "fused/engine.h"
#include "fused/product_mode.h"
#include "fused/timed_kernels.h"
#include "gpus.h"
#include "reference/trainer.h"
#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"
#include "seedscape/train/devices.h"

namespace seedscape {

namespace {

constexpr const char* kWorkspace = "CUBLAS_WORKSPACE_CONFIG";
constexpr const char* kWorkspaceSizes = ":4096:8";  // eight of 4096 KiB

std::vector<std::string> known_devices(const std::string& asked) {
  if (asked == "cpu") return {asked};
  const Gpus& gpus = find_gpus();
  return resolve_devices(asked, gpus.count, gpus.none_because);
}

/// What libseedscape_cuda.so is, or why it is not used.
std::string about_cuda_library() {
  try {
    const CudaLibrary* const library = find_cuda_library();
    if (library != nullptr) return library->about();
    return "not built (scripts/setup --cuda builds it with nvcc 13): LibTorch's operations one by one, without a graph";
  } catch (const Error& error) {
    return error.what();
  }
}

/// fp32 numbers without a pattern, as a training has them: on equal ones a card draws less power and runs faster.
torch::Tensor varied(std::int64_t rows, std::int64_t columns, torch::Device device) {
  const torch::Tensor row = torch::sin(torch::arange(columns, torch::TensorOptions(device).dtype(torch::kFloat32)));
  const torch::Tensor column = torch::arange(rows, row.options()).unsqueeze(1) * 78.233;
  return (row * 43758.5453 + column).sin_();
}

/// The time of the quickest of several repetitions.
template <class Work>
double least_seconds(int repetitions, const Work& work) {
  using Clock = std::chrono::steady_clock;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repetitions; ++i) {
    const Clock::time_point start = Clock::now();
    work();
    least = std::min(least, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return least;
}

/// cuBLAS is deterministic with workspaces of a fixed size, and the bits hang on which.
///
/// Throws: Error(usage)
void check_workspace() {
  const char* const sizes = std::getenv(kWorkspace);
  if (sizes == nullptr || std::string(sizes) == kWorkspaceSizes) return;
  throw Error(ErrorKind::usage,
              std::string(kWorkspace) + ": expected " + kWorkspaceSizes + " or nothing; got " + printable(sizes));
}

}  // namespace

void fix_numerics() {
  static std::once_flag once;
  std::call_once(once, [] {
    at::Context& context = at::globalContext();
    context.setDeterministicAlgorithms(true, false);
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuBLAS(false);
    context.setAllowTF32CuDNN(false);
    context.setAllowBF16ReductionCuBLAS(false);  // partial sums stay fp32
    setenv(kWorkspace, kWorkspaceSizes, 0);
    const bool as_set = context.deterministicAlgorithms() && context.deterministicCuDNN() &&
                        !context.benchmarkCuDNN() && !context.allowTF32CuBLAS() && !context.allowTF32CuDNN();
    TORCH_CHECK(as_set, "[train] LibTorch does not keep to the numerics that it is told");
  });
}

torch::Device find_device(const std::string& name) { return torch::Device(known_devices(name).front()); }

}  // namespace seedscape

extern "C" {

double seedscape_peak_bytes(const char* device) {
  const torch::NoGradGuard no_grad;
  at::set_num_threads(1);
  const torch::Device found = seedscape::find_device(device);
  const torch::Tensor from = seedscape::varied(found.is_cpu() ? 1 << 10 : 1 << 12, 1 << 16, found);  // fp32
  torch::Tensor to = torch::zeros_like(from);
  const double best_s = seedscape::least_seconds(10, [&] {
    to.copy_(from);
    to[0][0].item<float>();  // waits for a GPU
  });
  return 2 * static_cast<double>(from.nbytes()) / best_s;
}

double seedscape_peak_flops(const char* device, const char* precision) {
  const torch::NoGradGuard no_grad;
  at::set_num_threads(1);
  const torch::Device found = seedscape::find_device(device);
  const seedscape::Precision numbers = seedscape::precision_of(precision);
  const seedscape::ProductMode products(numbers, found);
  const std::int64_t n = found.is_cpu() ? 512 : 8192;
  const torch::Tensor a = seedscape::varied(n, n, found).to(numbers.operand), b = a.t().contiguous();
  torch::Tensor c = torch::empty_like(a);
  const double best_s = seedscape::least_seconds(20, [&] {
    torch::mm_out(c, a, b);
    c[0][0].item<float>();  // waits for a GPU
  });
  return 2 * std::pow(static_cast<double>(n), 3) / best_s;
}

void seedscape_step_profile(const seedscape::TrainerSetup* setup, int steps,
                            std::map<std::string, seedscape::OperationTime>* profile) {
  using Clock = std::chrono::steady_clock;
  seedscape::FusedTrainer::Engine engine = seedscape::make_engine(*setup);
  auto timed = std::make_unique<seedscape::TimedKernels>(std::move(engine.kernels), engine.device);
  seedscape::TimedKernels& watch = *timed;
  engine.kernels = std::move(timed);
  engine.make_runner = nullptr;  // a graph would take the clocks along
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
  seedscape::fix_numerics();
  if (setup->train.trainer == "fused") return seedscape::make_fused_trainer(*setup).release();
  return new seedscape::ReferenceTrainer(*setup);
}

std::vector<std::string>* seedscape_train_devices(const char* asked) {
  seedscape::check_workspace();
  return new std::vector<std::string>(seedscape::known_devices(asked));
}

seedscape::Card* seedscape_find_card(const char* device) {
  const std::optional<seedscape::Card> card = seedscape::find_gpu(device);
  return card ? new seedscape::Card(*card) : nullptr;
}

seedscape::NoGpu* seedscape_why_no_gpu() {
  const seedscape::Gpus& gpus = seedscape::find_gpus();
  return new seedscape::NoGpu{gpus.none_because, gpus.is_fault};
}

std::string* seedscape_about_gpu_half() { return new std::string(seedscape::about_cuda_library()); }

// Every library whose code computes results is in it, and what it chooses its instructions by.
nlohmann::json* seedscape_train_fingerprint(const char* device) {
  const torch::Device found = seedscape::find_device(device);
  nlohmann::json fingerprint{{"numerics", seedscape::kNumericsVersion},
                             {"compiler", __VERSION__},
                             {"libtorch", TORCH_VERSION},
                             {"highway", seedscape::highway_version()},
                             {"libc", std::string("glibc ") + gnu_get_libc_version()},  // libm is part of it
                             {"cpu_capability", at::get_cpu_capability()},
                             {"instruction_set", seedscape::operations().instruction_set},
                             {"threads", 1},
                             {"device", c10::DeviceTypeName(found.type(), /*lower_case=*/true)},
                             {"deterministic", true}};
  if (found.is_cuda()) {
    fingerprint["gpu"] = seedscape::find_gpu(device).value_or(seedscape::Card{}).name;
    fingerprint.update(seedscape::gpu_library_versions());
  }
  return new nlohmann::json(std::move(fingerprint));
}
}
