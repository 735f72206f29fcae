#pragma once
// From an operand's type to that of its numbers, and how many blocks cover something.

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

/// Blocks of `size` that cover `count`, one for each seed in y.
inline dim3 blocks(std::int64_t count, std::int64_t size, std::int64_t S) {
  return {static_cast<unsigned>((count + size - 1) / size), static_cast<unsigned>(S)};
}

}  // namespace seedscape::cuda
