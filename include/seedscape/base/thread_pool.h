#pragma once
// Threads that stay from one round of work to the next.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace seedscape {

/// Requires: (begin finish)*
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t threads);
  /// Waits for a round that runs.
  ~ThreadPool() = default;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const { return threads_.size(); }

  /// Calls work(0), ..., work(size() - 1), each on a thread of its own, and does not wait for them.
  void begin(std::function<void(std::size_t)> work);

  /// Waits until all have ended.
  ///
  /// Throws: what the first of them to throw threw
  void finish();

 private:
  void live(std::size_t thread, const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any has_begun_, has_ended_;
  std::function<void(std::size_t)> work_;
  std::uint64_t rounds_ = 0;  // begun
  std::size_t running_ = 0;   // threads that have not ended the round
  std::exception_ptr error_;
  std::vector<std::jthread> threads_;  // the last member: they use the others
};

}  // namespace seedscape
