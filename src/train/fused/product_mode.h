#pragma once
// LibTorch's switch for matrix products on a GPU.

#include <mutex>

#include "network.h"

namespace seedscape {

/// While it lives, products on a GPU round fp32 operands to TF32 if `precision` says so; else they do not. The switch
/// belongs to the process, so that only one thread at a time puts products on its GPU; they run side by side all the
/// same.
class ProductMode {
 public:
  ProductMode(const Precision& precision, torch::Device device);
  ~ProductMode();
  ProductMode(const ProductMode&) = delete;
  ProductMode& operator=(const ProductMode&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace seedscape
