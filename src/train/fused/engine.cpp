#include "engine.h"

#include "../reference/trainer.h"
#include "aten_kernels.h"
#include "cpu_kernels.h"
#include "cuda_library.h"
#include "device_limits.h"
#include "seedscape/train/memory.h"

namespace seedscape {

namespace {

void add_gpu(const TrainerSetup& setup, FusedTrainer::Engine& engine) {
  engine.chunk_tokens = setup.train.batch * setup.train.context;  // the whole batch: a GPU wants long rows
  const CudaLibrary* const library = find_cuda_library();
  if (library == nullptr) {
    if (setup.kernels != "own") return;
    throw Error(ErrorKind::resources, "our own GPU kernels need libseedscape_cuda.so: scripts/setup --cuda builds it");
  }
  const KernelChoice choice = setup.kernels == "own"    ? KernelChoice::own
                              : setup.kernels == "aten" ? KernelChoice::aten
                                                        : KernelChoice::tried;
  engine.kernels = library->make_kernels(choice, engine.device);
  engine.make_runner = [library](FusedStep& step, torch::Device device) { return library->make_runner(step, device); };
}

}  // namespace

Precision precision_of(const std::string& name) {
  return {.operand = name == "bf16" ? torch::kBFloat16 : torch::kFloat32, .tf32 = name == "tf32"};
}

FusedTrainer::Engine make_engine(const TrainerSetup& setup) {
  fix_numerics();
  at::set_num_threads(1);
  constexpr std::int64_t kChunkTokens = 4096,
                         kVectorChunkTokens = 128;  // the latter's activations stay in a core's cache
  FusedTrainer::Engine engine{.kernels = std::make_unique<AtenKernels>(),
                              .precision = precision_of(setup.train.precision),
                              .device = find_device(setup.device),
                              .chunk_tokens = kChunkTokens};
  if (engine.device.is_cuda()) {
    engine.kernels = std::make_unique<AtenKernels>(kGpuLogitColumns);
    add_gpu(setup, engine);
  }
  if (engine.device.is_cpu() && setup.train.precision == "fp32") {
    engine.kernels = std::make_unique<CpuKernels>();
    engine.chunk_tokens = kVectorChunkTokens;
  }
  return engine;
}

std::unique_ptr<Trainer> make_fused_trainer(const TrainerSetup& setup) {
  return on_device(setup, [&] { return std::make_unique<FusedTrainer>(setup, make_engine(setup)); });
}

std::optional<Card> find_gpu(const std::string& device) {
  const torch::Device found = find_device(device);
  const CudaLibrary* const library = found.is_cuda() ? find_cuda_library() : nullptr;
  return library != nullptr ? std::optional(library->card(found)) : std::nullopt;
}

}  // namespace seedscape
