#pragma once
// Finds the GPUs that LibTorch can use, and why it can use none.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace seedscape {

struct Gpus {
  std::size_t count = 0;
  std::string none_because;  // empty if there are some
  bool is_fault = false;     // an NVIDIA driver is there, so that somebody expects a GPU
};

/// Loads the CUDA half of LibTorch where there is a driver. Looks once.
const Gpus& find_gpus();

/// Versions of what computes on a GPU beside our kernels: "cuda", "cublas" and "driver" (the newest CUDA that it runs),
/// as the libraries give them; 0 for one that does not tell.
///
/// Requires: find_gpus() has found one
std::map<std::string, std::int64_t> gpu_library_versions();

}  // namespace seedscape
