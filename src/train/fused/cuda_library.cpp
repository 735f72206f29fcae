#include "cuda_library.h"

#include <dlfcn.h>
#include <filesystem>

#include "seedscape/base/error.h"

namespace seedscape {

const CudaLibrary* find_cuda_library() {
  static const CudaLibrary* const library = []() -> const CudaLibrary* {
    Dl_info self{};
    dladdr(reinterpret_cast<const void*>(&find_cuda_library), &self);
    const auto file = std::filesystem::absolute(self.dli_fname).parent_path() / "libseedscape_cuda.so";
    if (!std::filesystem::exists(file)) return nullptr;
    void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const entry = handle != nullptr ? dlsym(handle, "seedscape_cuda_library") : nullptr;
    if (entry == nullptr)
      throw Error(ErrorKind::resources, std::string("libseedscape_cuda.so does not load: ") + dlerror());
    return reinterpret_cast<const CudaLibrary* (*)()>(entry)();
  }();
  return library;
}

}  // namespace seedscape
