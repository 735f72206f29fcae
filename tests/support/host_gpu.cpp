#include "support/host_gpu.h"

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <limits>
#include <link.h>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <ucontext.h>
#include <vector>

#include <cuda_runtime.h>

#include "seedscape/base/rng.h"

dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace seedscape {

namespace host_gpu {

namespace {

constexpr std::size_t kStackBytes = std::size_t{64} * 1024;
constexpr std::size_t kGuardBytes =
    std::size_t{16} * 1024;              // behind the dynamic shared memory, to find out who writes there
constexpr unsigned char kPoison = 0xFF;  // NaN in every type of number

/// Permutations from a counter-based generator.
class Orders {
 public:
  explicit Orders(std::uint64_t seed) : seed_(seed) {}

  void shuffle(std::vector<unsigned>& things) {
    for (std::size_t i = things.size(); i > 1; --i)
      std::swap(things[i - 1], things[below(static_cast<std::uint32_t>(i))]);
  }

 private:
  std::uint32_t below(std::uint32_t n) {
    if (used_ == words_.size()) {
      words_ = philox(seed_, {0, 0, static_cast<std::uint32_t>(count_ >> 32), static_cast<std::uint32_t>(count_)});
      ++count_;
      used_ = 0;
    }
    return static_cast<std::uint32_t>(std::uint64_t{words_[used_++]} * n >> 32);
  }

  std::uint64_t seed_, count_ = 0;
  PhiloxBlock words_{};
  std::size_t used_ = words_.size();
};

/// A stack of its own, on which something runs until it suspends itself. Kept from block to block.
class Fiber {
 public:
  explicit Fiber(void (*body)()) : stack_(new char[kStackBytes]) {
    getcontext(&start_);
    start_.uc_stack.ss_sp = stack_.get();
    start_.uc_stack.ss_size = kStackBytes;
    makecontext(&start_, body, 0);
  }

  void resume() {
    if (_setjmp(back_) == 0) std::exchange(has_begun_, true) ? _longjmp(here_, 1) : (void)setcontext(&start_);
  }
  void suspend() {
    if (_setjmp(here_) == 0) _longjmp(back_, 1);  // unlike swapcontext without a call of the system
  }

 private:
  std::unique_ptr<char[]> stack_;
  ucontext_t start_{};
  jmp_buf here_{}, back_{};
  bool has_begun_ = false;
};

enum class State { ready, at_warp_barrier, at_block_barrier, done };

struct Thread {
  State state = State::ready;
  // What it gives away, in turns of two: a lane can be ahead of another by one exchange.
  double given[2] = {NAN, NAN};
  std::int64_t exchanges = 0;
};

/// The threads of one block.
class Block {
 public:
  Block(unsigned threads, const std::function<void()>& work, Orders& orders);

  /// Runs all of them to their end.
  void run();

  // For the thread that runs:
  void wait(State barrier);
  double exchange(double x, unsigned lane_mask);

 private:
  static void run_threads();
  void run_warp(unsigned warp);
  void resume(unsigned thread);
  std::size_t count(unsigned warp, State state) const;
  void release(unsigned warp, State barrier);

  std::vector<Thread> threads_;
  const std::function<void()>& work_;
  Orders& orders_;
  unsigned running_ = 0;
  std::exception_ptr error_;
};

Orders orders(0);
std::map<const void*, int> allowed_shared_bytes;
std::vector<double> dynamic_memory;
std::int64_t good_launches = 0;
cudaError_t last_error = cudaSuccess;
Block* running_block = nullptr;
std::vector<std::unique_ptr<Fiber>> fibers;

Block::Block(unsigned threads, const std::function<void()>& work, Orders& drawn)
    : threads_(threads), work_(work), orders_(drawn) {
  while (fibers.size() < threads) fibers.push_back(std::make_unique<Fiber>(&Block::run_threads));
}

/// A fiber's life: a thread of one block, then one of the next.
void Block::run_threads() {
  for (;;) {
    try {
      running_block->work_();
    } catch (...) {
      running_block->error_ = std::current_exception();
    }
    const unsigned thread = running_block->running_;
    running_block->threads_[thread].state = State::done;
    fibers[thread]->suspend();
  }
}

void Block::run() {
  std::vector<unsigned> warps(threads_.size() / kLanes);
  std::iota(warps.begin(), warps.end(), 0U);
  const auto is_done = [](const Thread& thread) { return thread.state == State::done; };
  struct Running {
    explicit Running(Block* block) { running_block = block; }
    ~Running() { running_block = nullptr; }
  } const running(this);
  while (!std::ranges::all_of(threads_, is_done)) {
    orders_.shuffle(warps);
    for (const unsigned warp : warps) run_warp(warp);
    for (const unsigned warp : warps) release(warp, State::at_block_barrier);  // all that live have arrived there
  }
}

/// Runs it until its lanes wait for the block or are done.
void Block::run_warp(unsigned warp) {
  std::vector<unsigned> lanes(kLanes);
  std::iota(lanes.begin(), lanes.end(), warp * kLanes);
  for (;;) {
    orders_.shuffle(lanes);
    for (const unsigned lane : lanes) {
      if (threads_[lane].state == State::ready) resume(lane);
    }
    if (count(warp, State::at_warp_barrier) == 0) return;
    if (count(warp, State::at_block_barrier) > 0)
      throw std::runtime_error("some lanes of warp " + std::to_string(warp) +
                               " wait for the warp, others for the block: neither barrier ends");
    release(warp, State::at_warp_barrier);
  }
}

void Block::resume(unsigned thread) {
  running_ = thread;
  threadIdx = {thread, 0, 0};
  fibers[thread]->resume();
  if (error_) std::rethrow_exception(error_);
}

std::size_t Block::count(unsigned warp, State state) const {
  const auto first = threads_.begin() + static_cast<std::ptrdiff_t>(warp) * kLanes;
  return static_cast<std::size_t>(
      std::count_if(first, first + kLanes, [state](const Thread& thread) { return thread.state == state; }));
}

void Block::release(unsigned warp, State barrier) {
  for (unsigned i = warp * kLanes; i < (warp + 1) * kLanes; ++i) {
    if (threads_[i].state == barrier) threads_[i].state = State::ready;
  }
}

void Block::wait(State barrier) {
  threads_[running_].state = barrier;
  fibers[running_]->suspend();
}

double Block::exchange(double x, unsigned lane_mask) {
  const unsigned me = running_, other = me / kLanes * kLanes + (me % kLanes ^ lane_mask);
  const std::int64_t turn = threads_[me].exchanges++;
  threads_[me].given[turn % 2] = x;
  wait(State::at_warp_barrier);
  if (threads_[other].exchanges <= turn)
    throw std::runtime_error("a lane asks lane " + std::to_string(other % kLanes) + " for a number, which has ended");
  return threads_[other].given[turn % 2];
}

cudaError_t problem_of(const cudaLaunchConfig_t& config, const void* kernel) {
  const auto& [x, y, z] = config.gridDim;
  const bool has_grid = x >= 1 && x <= static_cast<unsigned>(std::numeric_limits<int>::max()) && y >= 1 &&
                        y <= kMostBlocks && z >= 1 && z <= kMostBlocks;
  const unsigned threads = config.blockDim.x;
  if (!has_grid || threads == 0 || threads > kMostThreads) return cudaErrorInvalidConfiguration;
  const auto allowed = allowed_shared_bytes.find(kernel);
  const int most = allowed != allowed_shared_bytes.end() ? allowed->second : kFreeSharedBytes;
  return config.dynamicSmemBytes <= static_cast<std::size_t>(most) ? cudaSuccess : cudaErrorInvalidValue;
}

/// The static shared memory of the kernels: what is thread_local in the shared object that holds them, and nothing else
/// there is.
std::span<char> static_shared_memory(const void* kernel) {
  struct Search {
    std::uintptr_t kernel;
    std::span<char> found{};
  } search{reinterpret_cast<std::uintptr_t>(kernel)};
  const auto look = [](dl_phdr_info* object, std::size_t, void* data) -> int {
    auto& [wanted, found] = *static_cast<Search*>(data);
    bool holds_kernel = false;
    std::size_t local_bytes = 0;
    for (const ElfW(Phdr) & part : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
      if (part.p_type == PT_LOAD && wanted - object->dlpi_addr - part.p_vaddr < part.p_memsz) holds_kernel = true;
      if (part.p_type == PT_TLS) local_bytes = part.p_memsz;
    }
    if (holds_kernel && object->dlpi_tls_data != nullptr)
      found = {static_cast<char*>(object->dlpi_tls_data), local_bytes};
    return holds_kernel;
  };
  dl_iterate_phdr(look, &search);
  return search.found;
}

void poison_shared_memory(std::span<char> static_memory, std::size_t dynamic_bytes) {
  std::ranges::fill(static_memory, static_cast<char>(kPoison));
  dynamic_memory.resize((dynamic_bytes + kGuardBytes) / sizeof(double) + 1);
  std::memset(dynamic_memory.data(), kPoison, dynamic_bytes + kGuardBytes);
}

void check_guard(std::size_t dynamic_bytes) {
  const auto* const guard = reinterpret_cast<const unsigned char*>(dynamic_memory.data()) + dynamic_bytes;
  if (std::any_of(guard, guard + kGuardBytes, [](unsigned char byte) { return byte != kPoison; }))
    throw std::runtime_error("a thread wrote beyond the " + std::to_string(dynamic_bytes) +
                             " bytes of dynamic shared memory");
}

}  // namespace

void draw_orders_from(std::uint64_t seed) { orders = Orders(seed); }

std::int64_t launches() { return good_launches; }

void wait_for_warp() { running_block->wait(State::at_warp_barrier); }
void wait_for_block() { running_block->wait(State::at_block_barrier); }
double exchange(double x, unsigned lane_mask) { return running_block->exchange(x, lane_mask); }

cudaError_t allow_dynamic_shared(const void* kernel, int bytes) {
  if (bytes < 0 || bytes > kMostSharedBytes) return last_error = cudaErrorInvalidValue;
  allowed_shared_bytes[kernel] = bytes;
  return cudaSuccess;
}

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, const std::function<void()>& thread) {
  if (const cudaError_t problem = problem_of(config, kernel); problem != cudaSuccess) return last_error = problem;
  if (config.blockDim.y != 1 || config.blockDim.z != 1 || config.blockDim.x % kLanes != 0)
    throw std::runtime_error("this GPU has no blocks of more than one dimension, or with part of a warp");
  const std::span<char> static_memory = static_shared_memory(kernel);
  gridDim = config.gridDim;
  blockDim = config.blockDim;
  for (blockIdx.z = 0; blockIdx.z < gridDim.z; ++blockIdx.z) {
    for (blockIdx.y = 0; blockIdx.y < gridDim.y; ++blockIdx.y) {
      for (blockIdx.x = 0; blockIdx.x < gridDim.x; ++blockIdx.x) {
        poison_shared_memory(static_memory, config.dynamicSmemBytes);
        try {
          Block(blockDim.x, thread, orders).run();
        } catch (...) {
          fibers.clear();  // some are in the middle of a thread
          throw;
        }
        check_guard(config.dynamicSmemBytes);
      }
    }
  }
  ++good_launches;
  return cudaSuccess;
}

}  // namespace host_gpu

namespace cuda {

float* dynamic_shared();
float* dynamic_shared() { return reinterpret_cast<float*>(host_gpu::dynamic_memory.data()); }

}  // namespace cuda

}  // namespace seedscape

cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int) {
  *value = seedscape::host_gpu::kMostSharedBytes;
  return cudaSuccess;
}

cudaError_t cudaGetLastError() { return std::exchange(seedscape::host_gpu::last_error, cudaSuccess); }
