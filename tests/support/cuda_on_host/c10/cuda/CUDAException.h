#pragma once
// Stands in for LibTorch's header of the same name. See cuda_runtime_api.h

#include <stdexcept>
#include <string>

#include <cuda_runtime_api.h>

#define C10_CUDA_CHECK(call)                                                             \
  do {                                                                                   \
    if (const cudaError_t error = (call); error != cudaSuccess)                          \
      throw std::runtime_error("CUDA error " + std::to_string(static_cast<int>(error))); \
  } while (false)
