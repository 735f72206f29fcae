#include "seedscape/base/thread_pool.h"

#include <utility>

namespace seedscape {

ThreadPool::ThreadPool(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this, i](const std::stop_token& stop) { live(i, stop); });
}

void ThreadPool::begin(std::function<void(std::size_t)> work) {
  const std::lock_guard lock(mutex_);
  work_ = std::move(work);
  running_ = threads_.size();
  ++rounds_;
  has_begun_.notify_all();
}

void ThreadPool::finish() {
  std::unique_lock lock(mutex_);
  has_ended_.wait(lock, [this] { return running_ == 0; });
  if (const std::exception_ptr error = std::exchange(error_, nullptr)) std::rethrow_exception(error);
}

void ThreadPool::live(std::size_t thread, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (std::uint64_t done = 0; has_begun_.wait(lock, stop, [&] { return rounds_ > done; }); ++done) {
    lock.unlock();
    std::exception_ptr error;
    try {
      work_(thread);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error && !error_) error_ = error;
    if (--running_ == 0) has_ended_.notify_all();
  }
}

}  // namespace seedscape
