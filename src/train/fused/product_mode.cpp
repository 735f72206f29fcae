#include "product_mode.h"

#include <ATen/Context.h>

namespace seedscape {

ProductMode::ProductMode(const Precision& precision, torch::Device device) {
  if (device.is_cpu()) return;
  static std::mutex one_at_a_time;
  lock_ = std::unique_lock(one_at_a_time);
  at::globalContext().setAllowTF32CuBLAS(precision.tf32);
}

ProductMode::~ProductMode() {
  if (lock_.owns_lock()) at::globalContext().setAllowTF32CuBLAS(false);
}

}  // namespace seedscape
