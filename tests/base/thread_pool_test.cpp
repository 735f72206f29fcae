#include "seedscape/base/thread_pool.h"

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>

#include "support/test.h"

using namespace seedscape;

TEST_CASE("thread pool: each thread gets one part of each round, always on the same threads") {
  ThreadPool pool(4);
  std::vector<std::thread::id> first(4), second(4);
  pool.begin([&](std::size_t i) { first[i] = std::this_thread::get_id(); });
  pool.finish();
  pool.begin([&](std::size_t i) { second[i] = std::this_thread::get_id(); });
  pool.finish();
  CHECK(first == second);
  CHECK(std::set<std::thread::id>(first.begin(), first.end()).size() == 4);
}

TEST_CASE("thread pool: begin does not wait for the work, finish does") {
  ThreadPool pool(2);
  std::atomic<bool> may_end = false;
  std::atomic<int> ended = 0;
  pool.begin([&](std::size_t) {
    while (!may_end) std::this_thread::yield();
    ++ended;
  });
  CHECK(ended == 0);
  may_end = true;
  pool.finish();
  CHECK(ended == 2);
}

TEST_CASE("thread pool: what a thread throws comes out of finish once, when all have ended") {
  ThreadPool pool(3);
  std::atomic<int> ended = 0;
  pool.begin([&](std::size_t i) {
    if (i == 1) throw std::runtime_error("the second");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ++ended;
  });
  CHECK_THROWS_WITH(pool.finish(), "the second");
  CHECK(ended == 2);
  pool.begin([&](std::size_t) { ++ended; });
  pool.finish();
  CHECK(ended == 5);
}

TEST_CASE("thread pool: the end of a pool waits for a round that runs") {
  std::atomic<int> ended = 0;
  {
    ThreadPool pool(2);
    std::atomic<int> begun = 0;
    pool.begin([&](std::size_t) {
      ++begun;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      ++ended;
    });
    while (begun < 2) std::this_thread::yield();
  }
  CHECK(ended == 2);
}

TEST_CASE("thread pool: no threads, no work") {
  ThreadPool pool(0);
  pool.begin([](std::size_t) { FAIL(); });
  pool.finish();
}
