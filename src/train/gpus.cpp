#include "gpus.h"

#include <dlfcn.h>
#include <filesystem>

namespace seedscape {

namespace {

constexpr const char* kKernelDriver = "/proc/driver/nvidia/version";
constexpr int kNoDevice = 100;  // cudaErrorNoDevice

/// The number of GPUs by the CUDA runtime, which LibTorch has brought along.
Gpus count_gpus(void* libtorch_cuda) {
  auto* const count_of = reinterpret_cast<int (*)(int*)>(dlsym(libtorch_cuda, "cudaGetDeviceCount"));
  auto* const text_of = reinterpret_cast<const char* (*)(int)>(dlsym(libtorch_cuda, "cudaGetErrorString"));
  if (count_of == nullptr || text_of == nullptr) return {0, "LibTorch has brought no CUDA runtime along", true};
  int count = 0;
  const int status = count_of(&count);
  if (status != 0) return {0, std::string("CUDA finds none: ") + text_of(status), status != kNoDevice};
  if (count == 0) return {0, "CUDA finds none", false};
  return {static_cast<std::size_t>(count), "", false};
}

Gpus look() {
  if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) == nullptr) {
    const std::string reason = dlerror();
    if (!std::filesystem::exists(kKernelDriver)) return {0, "no NVIDIA driver (" + reason + ")", false};
    return {0, "the kernel has an NVIDIA driver, but a container must be started with its GPUs (" + reason + ")", true};
  }
  // CUDA registers itself with LibTorch when its half of the library is loaded.
  void* const libtorch_cuda = dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
  if (libtorch_cuda == nullptr) {
    const std::string reason = dlerror();
    return {0, "LibTorch's half for GPUs does not load (" + reason + "); scripts/setup --cuda fetches all of it", true};
  }
  return count_gpus(libtorch_cuda);
}

}  // namespace

const Gpus& find_gpus() {
  static const Gpus gpus = look();
  return gpus;
}

std::map<std::string, std::int64_t> gpu_library_versions() {
  const auto version_by = [](const char* name) -> std::int64_t {
    auto* const tell = reinterpret_cast<int (*)(int*)>(dlsym(RTLD_DEFAULT, name));
    int version = 0;
    return tell != nullptr && tell(&version) == 0 ? version : 0;
  };
  auto* const cublas = reinterpret_cast<std::size_t (*)()>(dlsym(RTLD_DEFAULT, "cublasLtGetVersion"));
  return {{"cuda", version_by("cudaRuntimeGetVersion")},
          {"driver", version_by("cudaDriverGetVersion")},
          {"cublas", cublas == nullptr ? 0 : static_cast<std::int64_t>(cublas())}};
}

}  // namespace seedscape
