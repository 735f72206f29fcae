#include "graph_runner.h"

#include <mutex>

#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

namespace seedscape {

/// Seeds that are not active keep weights and moments: so the runs before the capture change nothing that lasts.
GraphRunner::GraphRunner(FusedStep& step, torch::Device device) : StepRunner(step, device), device_(device) {
  const c10::cuda::CUDAGuard guard(device);
  const torch::Tensor active = step.optimizer().active.clone();
  step.optimizer().active.zero_();
  c10::cuda::getCurrentCUDAStream().synchronize();
  {
    const c10::cuda::CUDAStream stream = c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index());
    const c10::cuda::CUDAStreamGuard on_stream(stream);
    // Libraries set themselves up and make their working memory in the first runs on a stream, which a capture forbids.
    constexpr int kWarmUp = 3;
    for (int i = 0; i < kWarmUp; ++i) step.run();
    stream.synchronize();
    capture(step);
    stream.synchronize();
  }
  step.optimizer().active.copy_(active);
}

void GraphRunner::capture(FusedStep& step) {
  static std::mutex one_at_a_time;  // the allocator's cache is emptied on all GPUs, none of which may be capturing
  const std::lock_guard lock(one_at_a_time);
  // What the warm-up left in the cache is of no use to the graph, which has memory of its own.
  c10::cuda::CUDACachingAllocator::emptyCache();
  graph_.capture_begin(/*pool=*/{0, 0}, cudaStreamCaptureModeThreadLocal);  // other threads have GPUs of their own
  try {
    step.run();
  } catch (...) {
    try {
      graph_.capture_end();  // else the stream goes on capturing
    } catch (const c10::Error&) {
      // The first error is the one to tell.
    }
    throw;
  }
  graph_.capture_end();
}

void GraphRunner::launch() {
  const c10::cuda::CUDAGuard guard(device_);
  graph_.replay();
}

}  // namespace seedscape
