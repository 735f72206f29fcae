// The GPU that the tests make of fibers: it refuses what CUDA refuses, and finds the mistakes that a kernel can have.

#include "support/host_gpu.h"

#include <cmath>
#include <numeric>

#include "host_gpu_kernels.h"
#include "support/torch_test.h"
#include "train/cuda/grid.cuh"
#include "train/cuda/operand.cuh"

using namespace seedscape;
using namespace seedscape::host_gpu_kernels;

namespace {

struct LaunchShape {
  dim3 blocks = 1;
  dim3 threads = 32;
  std::size_t shared_bytes = 0;
};

template <class... Parameters, class... Arguments>
cudaError_t launched(const LaunchShape& shape, void (*kernel)(Parameters...), Arguments... arguments) {
  const cudaLaunchConfig_t config{shape.blocks, shape.threads, shape.shared_bytes, nullptr};
  const cudaError_t result = cudaLaunchKernelEx(&config, kernel, arguments...);
  CHECK(cudaGetLastError() == result);
  CHECK(cudaGetLastError() == cudaSuccess);  // it is told once
  return result;
}

std::vector<float> counted_down(std::size_t count) {
  std::vector<float> numbers(count);
  std::iota(numbers.rbegin(), numbers.rend(), 0.0F);
  return numbers;
}

}  // namespace

TEST_CASE("host GPU: a grid or block that CUDA refuses is refused, and no thread runs") {
  const std::int64_t before = host_gpu::launches();
  std::vector<float> numbers(1);
  for (const dim3 blocks : {dim3(0, 1, 1), {1, 0, 1}, {1, 1, 0}, {1, 65536, 1}, {1, 1, 65536}, {1U << 31}})
    CHECK(launched({.blocks = blocks}, mark, numbers.data()) == cudaErrorInvalidConfiguration);
  for (const unsigned threads : {0U, 1056U})
    CHECK(launched({.threads = threads}, mark, numbers.data()) == cudaErrorInvalidConfiguration);
  CHECK(numbers[0] == 0);
  CHECK(host_gpu::launches() == before);
  CHECK(launched({.threads = 1024}, mark, numbers.data()) == cudaSuccess);
  CHECK(numbers[0] == 1);
  CHECK(host_gpu::launches() == before + 1);
}

TEST_CASE("host GPU: more than 48 KB of dynamic shared memory must be allowed to the kernel, 227 KB at most") {
  const std::size_t much = 48 * 1024 + 4;
  std::vector<float> numbers(32);
  CHECK(launched({.shared_bytes = much - 4}, reverse, numbers.data(), true) == cudaSuccess);
  CHECK(launched({.shared_bytes = much}, reverse, numbers.data(), true) == cudaErrorInvalidValue);
  CHECK(cudaFuncSetAttribute(mark, cudaFuncAttributeMaxDynamicSharedMemorySize, 100 * 1024) == cudaSuccess);
  CHECK(launched({.shared_bytes = much}, reverse, numbers.data(), true) == cudaErrorInvalidValue);  // not this kernel
  CHECK(launched({.shared_bytes = much}, mark, numbers.data()) == cudaSuccess);
  CHECK(cudaFuncSetAttribute(mark, cudaFuncAttributeMaxDynamicSharedMemorySize, 227 * 1024 + 1) ==
        cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaErrorInvalidValue);
}

TEST_CASE("host GPU: our launches skip what has no blocks and ask for the shared memory that they need") {
  std::vector<float> numbers(32);
  const std::int64_t before = host_gpu::launches();
  cuda::launch(mark, {cuda::blocks(0, 32, 1), 32}, nullptr, numbers.data());
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(host_gpu::launches() == before);
  cuda::launch(reverse, {1, 32, 100 * 1024}, nullptr, numbers.data(), true);
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK(numbers == counted_down(32));
}

TEST_CASE("host GPU: every block finds NaN in its shared memory, static, in templates and dynamic") {
  std::vector<float> found(9);
  CHECK(launched({.blocks = 3, .shared_bytes = 128}, look_at_shared, found.data()) == cudaSuccess);
  for (const float number : found) CHECK(std::isnan(number));
}

TEST_CASE("host GPU: a missing barrier gives wrong numbers, whatever the order of threads") {
  for (const std::uint64_t seed : {0, 1, 2}) {
    host_gpu::draw_orders_from(seed);
    std::vector<float> numbers(256, -1);
    const LaunchShape shape{.threads = 256, .shared_bytes = 1024};
    CHECK(launched(shape, reverse, numbers.data(), true) == cudaSuccess);
    CHECK(numbers == counted_down(256));
    CHECK(launched(shape, reverse, numbers.data(), false) == cudaSuccess);
    CHECK(numbers != counted_down(256));
    numbers.resize(32);
    CHECK(launched({}, reverse_in_warp, numbers.data(), true) == cudaSuccess);
    CHECK(numbers == counted_down(32));
    CHECK(launched({}, reverse_in_warp, numbers.data(), false) == cudaSuccess);
    CHECK(numbers != counted_down(32));
  }
}

TEST_CASE("host GPU: the order of threads is drawn from the seed, warp by warp") {
  const auto order = [](std::uint64_t seed) {
    host_gpu::draw_orders_from(seed);
    int next = 0;
    std::vector<float> threads(96, -1);
    CHECK(launched({.threads = 96}, come, &next, threads.data()) == cudaSuccess);
    return threads;
  };
  const std::vector<float> first = order(1);
  CHECK(first == order(1));
  CHECK(first != order(2));
  for (std::size_t i = 0; i < 96; ++i) CHECK(std::floor(first[i] / 32) == std::floor(first[i / 32 * 32] / 32));
  std::vector<float> sorted = first;
  std::sort(sorted.begin(), sorted.end());
  std::ranges::reverse(sorted);
  CHECK(sorted == counted_down(96));  // each came once
}

TEST_CASE("host GPU: lanes exchange numbers within their warp") {
  std::vector<float> sums(64);
  CHECK(launched({.threads = 64}, sum_of_warp, sums.data()) == cudaSuccess);
  CHECK(sums[0] == 31 * 16);
  CHECK(sums[31] == 31 * 16);
  CHECK(sums[32] == 31 * 16 + 32 * 32);
}

TEST_CASE("host GPU: threads that have ended keep no barrier waiting") {
  std::vector<float> numbers(64);
  CHECK(launched({.threads = 64}, wait_without_first_warp, numbers.data()) == cudaSuccess);
  CHECK(std::accumulate(numbers.begin(), numbers.end(), 0.0F) == 32);
}

TEST_CASE("host GPU: what a GPU would hang on, or answer with anything, is an error that says so") {
  CHECK_THROWS_WITH(launched({}, wait_apart), contains("neither barrier ends"));
  CHECK_THROWS_WITH(launched({}, exchange_with_nobody), contains("lane 0") && contains("ended"));
  CHECK_THROWS_WITH(launched({.shared_bytes = 128}, write_beyond, std::size_t{128}), contains("beyond the 128 bytes"));
  CHECK(launched({.shared_bytes = 128}, write_beyond, std::size_t{124}) == cudaSuccess);
  CHECK_THROWS_WITH(launched({.threads = dim3(32, 2, 1)}, wait_apart), contains("one dimension"));
}

TEST_CASE("host GPU: its bf16 rounds as LibTorch's does") {
  const auto check = [](float x) {
    const float got = __nv_bfloat16(x), wanted = c10::BFloat16(x);
    CHECK((got == wanted || (std::isnan(got) && std::isnan(wanted))));
  };
  for (std::uint32_t bits = 0; bits < 1000; ++bits) check(std::bit_cast<float>(bits * 4'294'967U + bits % 7));
  for (const std::uint32_t bits : {0x3F808000U, 0x3F818000U, 0x3F808001U, 0x7F7FFFFFU, 0x7F800000U, 0x80000001U})
    check(std::bit_cast<float>(bits));
  check(NAN);
}
