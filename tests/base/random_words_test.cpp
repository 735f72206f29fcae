#include "seedscape/base/random_words.h"

#include <vector>

#include "seedscape/base/instruction_sets.h"
#include "support/test.h"

using namespace seedscape;

TEST_CASE("random_words: gives the draws of the stream, from any place and of any number", "[base]") {
  constexpr std::uint64_t kSeed = 0x123456789abcdef0;
  Rng rng(kSeed, Purpose::resampling, 3, 11);
  std::vector<std::uint32_t> stream(200);
  for (std::uint32_t& word : stream) word = rng.bits();
  for (const std::int64_t set : {std::int64_t{HWY_SCALAR}, std::int64_t{hwy::SupportedTargets()}}) {
    choose_instruction_sets(set);
    for (const std::size_t first : {0, 1, 2, 3, 4, 63, 64, 65, 99}) {
      for (const std::size_t count : {0, 1, 2, 15, 16, 17, 63, 64, 65, 100}) {
        std::vector<std::uint32_t> words(count);
        random_words(kSeed, Purpose::resampling, 3, 11, first, words);
        INFO(hwy::TargetName(set) << " " << first << " " << count);
        CHECK(std::ranges::equal(words, std::span(stream).subspan(first, count)));
      }
    }
    choose_instruction_sets(0);
  }
}
