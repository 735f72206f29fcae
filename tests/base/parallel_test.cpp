#include "seedscape/base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include "support/test.h"

using namespace seedscape;

TEST_CASE("in_parts: every turn is done once, however much work it is said to be", "[base]") {
  for (const std::size_t operations : {std::size_t{0}, std::size_t{5'000'000}, std::size_t{1'000'000'000}}) {
    for (const std::size_t count : {0, 1, 2, 3, 1000}) {
      std::vector<int> done(count);
      in_parts(count, operations, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) ++done[i];
      });
      INFO(operations << " " << count);
      CHECK(std::ranges::count(done, 1) == std::ssize(done));
    }
  }
}

TEST_CASE("in_parts: little work stays on one thread", "[base]") {
  std::atomic<int> parts = 0;
  const auto count_parts = [&](std::size_t, std::size_t) { ++parts; };
  in_parts(1000, 1'900'000, count_parts);
  CHECK(parts == 1);
}

TEST_CASE("in_parts: an error of any part comes out when all have ended", "[base]") {
  std::atomic<int> ended = 0;
  const auto fail_last = [&](std::size_t, std::size_t end) {
    ++ended;
    if (end == 100) throw std::runtime_error("last part");
  };
  CHECK_THROWS_WITH(in_parts(100, 1'000'000'000, fail_last), "last part");
  CHECK(ended == static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
}
