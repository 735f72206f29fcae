#pragma once
// From an operand's type to that of its numbers.

#include <cuda_bf16.h>

#include "launch.h"

namespace seedscape::cuda {

/// Calls work with a value of the number's type.
template <class Work>
void with_operand(Operand type, const Work& work) {
  if (type == Operand::bf16) {
    work(__nv_bfloat16{});
  } else {
    work(float{});
  }
}

}  // namespace seedscape::cuda
