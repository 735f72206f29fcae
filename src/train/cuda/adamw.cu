// The gradient's norm, and AdamW of one number a thread.

#include "grid.cuh"
#include "sums.cuh"

namespace seedscape::cuda {

namespace {

constexpr float kBeta1 = 0.9F, kBeta2 = 0.999F, kEpsilon = 1e-8F;
constexpr float kRest1 = 0.1F, kRest2 = 0.001F;  // 1 - beta, which 1 - 0.999F misses by 1e-5 of itself

/// What the numbers of a seed have in common in one update.
struct AdamWStep {
  float clip;  // the gradient's factor
  float rate, first_correction, second_correction, weight_decay;
};

__device__ float clip_factor(double norm, double clip_norm) {
  if (clip_norm <= 0) return 1;
  const double factor = clip_norm / (norm + 1e-6);
  return factor < 1 ? static_cast<float>(factor) : 1.0F;
}

__device__ void update(const AdamWStep& step, float gradient, float* weight, float* first, float* second) {
  const float g = gradient * step.clip;
  const float m = *first * kBeta1 + g * kRest1, v = *second * kBeta2 + g * g * kRest2;
  *first = m;
  *second = v;
  *weight = *weight * (1 - step.rate * step.weight_decay) -
            step.rate * step.first_correction * m / (sqrtf(v * step.second_correction) + kEpsilon);
}

constexpr int kThreads = 256;
constexpr int kWarps = 32;  // that share a sum

__global__ void squares_kernel(std::int64_t P, const float* gradient, double* partial) {
  __shared__ double shared[kWarps * Team::lanes];
  const Team team;
  const std::int64_t s = blockIdx.y, begin = blockIdx.x * kNormChunk,
                     end = begin + kNormChunk < P ? begin + kNormChunk : P;
  const auto square = [&](std::int64_t i) {
    const auto g = static_cast<double>(gradient[s * P + i]);
    return g * g;
  };
  const double sum = sum_of_terms(team, begin, end, square, shared);
  if (threadIdx.x == 0) partial[s * gridDim.x + blockIdx.x] = sum;
}

__global__ void root_kernel(std::int64_t chunks, const double* partial, double* norm) {
  __shared__ double shared[kWarps * Team::lanes];
  const Team team;
  const double* const own = partial + blockIdx.x * chunks;
  const double sum = sum_of_terms(
      team, 0, chunks, [&](std::int64_t i) { return own[i]; }, shared);
  if (threadIdx.x == 0) norm[blockIdx.x] = sqrt(sum);
}

__global__ void adamw_kernel(AdamW state) {
  const std::int64_t s = blockIdx.y, i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const double norm = state.norm[s];
  if (i >= state.size || state.active[s] == 0 || !isfinite(norm)) return;
  const std::int64_t place = s * state.P + state.begin + i;
  const AdamWStep step{clip_factor(norm, state.clip_norm), static_cast<float>(state.rates[0]),
                       static_cast<float>(state.rates[1]), static_cast<float>(state.rates[2]),
                       static_cast<float>(state.weight_decay)};
  update(step, state.gradient[place], state.weights + place, state.first_moment + place, state.second_moment + place);
}

}  // namespace

void gradient_norm(std::int64_t S, std::int64_t P, const float* gradient, double* partial, double* norm,
                   cudaStream_t stream) {
  launch(squares_kernel, {blocks(P, kNormChunk, S), kWarps * Team::lanes}, stream, P, gradient, partial);
  launch(root_kernel, {static_cast<unsigned>(S), kWarps * Team::lanes}, stream, norm_chunks(P), partial, norm);
}

void adamw(const AdamW& state, cudaStream_t stream) {
  launch(adamw_kernel, {blocks(state.size, kThreads, state.S), kThreads}, stream, state);
}

}  // namespace seedscape::cuda
