#pragma once
// Finds the GPUs that LibTorch can use, and why it can use none.

#include <cstddef>
#include <string>

namespace seedscape {

struct Gpus {
  std::size_t count = 0;
  std::string none_because;  // empty if there are some
  bool is_fault = false;     // an NVIDIA driver is there, so that somebody expects a GPU
};

/// Loads the CUDA half of LibTorch where there is a driver. Looks once.
const Gpus& find_gpus();

}  // namespace seedscape
