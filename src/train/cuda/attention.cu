#include "attention.h"
#include "operand.cuh"

namespace seedscape::cuda {

namespace {

constexpr int kWarps = 8;

std::int64_t shared_bytes(const AttentionSize& size, Operand type) {
  return attention_memory_bytes(size.T, size.K, kWarps, type == Operand::bf16 ? 2 : 4);
}

/// A block's head: blockIdx.x = row H + h, blockIdx.y = seed.
struct Place {
  std::int64_t s, first;  // first token of the row
  int h;
};
__device__ Place place_of(const AttentionSize& size) {
  return {blockIdx.y, std::int64_t{blockIdx.x / static_cast<unsigned>(size.H)} * size.T,
          static_cast<int>(blockIdx.x % static_cast<unsigned>(size.H))};
}

template <class Number>
__device__ Head<Number> head_at(const Rows<Number>& z, const Place& place, int K) {
  return {z.row(place.s, place.first) + std::int64_t{place.h} * 3 * K, z.row_stride, K};
}

template <class Number>
__device__ Tokens<Number> tokens_at(const Rows<Number>& a, const Place& place, int K) {
  return {a.row(place.s, place.first) + std::int64_t{place.h} * K, a.row_stride};
}

template <class Number>
__global__ void attention_kernel(AttentionSize size, Rows<const Number> z, Rows<Number> a, float* log_sum) {
  extern __shared__ float shared[];
  const Place place = place_of(size);
  attend(Team(), head_at(z, place, size.K), tokens_at(a, place, size.K),
         log_sum + (place.s * size.N + place.first) * size.H + place.h, size.H, size.T, shared);
}

template <class Number>
__global__ void attention_gradient_kernel(AttentionSize size, Rows<const Number> z, Rows<const Number> a,
                                          const float* log_sum, Rows<const Number> da, Rows<Number> dz) {
  extern __shared__ float shared[];
  const Place place = place_of(size);
  attend_gradient(Team(), head_at(z, place, size.K), tokens_at(a, place, size.K),
                  log_sum + (place.s * size.N + place.first) * size.H + place.h, size.H, tokens_at(da, place, size.K),
                  head_at(dz, place, size.K), size.T, shared);
}

dim3 grid_of(const AttentionSize& size) { return blocks(size.N / size.T * size.H, 1, size.S); }

/// More than 48 KB of shared memory must be asked for.
template <class Kernel>
void allow_shared(Kernel* kernel, std::int64_t bytes) {
  cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes));
}

}  // namespace

bool attention_fits(const AttentionSize& size, Operand type) {
  int device = 0, most = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) == cudaSuccess &&
         shared_bytes(size, type) <= most;
}

void attention(const AttentionSize& size, const OperandRows& z, const OperandRows& a, float* log_sum,
               cudaStream_t stream) {
  const std::int64_t bytes = shared_bytes(size, z.type);
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    allow_shared(attention_kernel<Number>, bytes);
    attention_kernel<<<grid_of(size), kWarps * Team::lanes, static_cast<std::size_t>(bytes), stream>>>(
        size, rows_of<const Number>(z), rows_of<Number>(a), log_sum);
  });
}

void attention_gradient(const AttentionSize& size, const OperandRows& z, const OperandRows& a, const float* log_sum,
                        const OperandRows& da, const OperandRows& dz, cudaStream_t stream) {
  const std::int64_t bytes = shared_bytes(size, z.type);
  with_operand(z.type, [&](auto number) {
    using Number = decltype(number);
    allow_shared(attention_gradient_kernel<Number>, bytes);
    attention_gradient_kernel<<<grid_of(size), kWarps * Team::lanes, static_cast<std::size_t>(bytes), stream>>>(
        size, rows_of<const Number>(z), rows_of<const Number>(a), log_sum, rows_of<const Number>(da),
        rows_of<Number>(dz));
  });
}

}  // namespace seedscape::cuda
