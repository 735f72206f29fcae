#include "store/log_lines.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/test.h"

namespace seedscape {

namespace {

/// A source that gives at most `step` bytes of a text at a time.
ByteSource pieces(const std::string& text, std::size_t step) {
  return [&text, step, at = std::size_t{0}](char* to, std::size_t count) mutable {
    const std::size_t taken = std::min({step, count, text.size() - at});
    std::copy_n(text.data() + at, taken, to);
    at += taken;
    return taken;
  };
}

}  // namespace

TEST_CASE("log_lines: lines come with their places, however the bytes arrive", "[store]") {
  const std::string text = "one\n\nthree\nrest";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    LogLines lines(pieces(text, step), 100);
    std::vector<std::string> texts;
    std::vector<std::uint64_t> firsts;
    std::vector<bool> ended;
    while (const auto line = lines.next()) {
      texts.emplace_back(line->text);
      firsts.push_back(line->first);
      ended.push_back(line->ended);
      CHECK(line->size == line->text.size());
    }
    CHECK(texts == std::vector<std::string>{"one", "", "three", "rest"});
    CHECK(firsts == std::vector<std::uint64_t>{0, 4, 5, 11});
    CHECK(ended == std::vector<bool>{true, true, true, false});
  }
}

TEST_CASE("log_lines: of a line that is too long only the size is told, and the next one is read", "[store]") {
  for (const std::size_t step : {1, 3, 1000}) {
    const std::string text = std::string(10, 'a') + "\n" + std::string(11, 'b') + "\nc\n" + std::string(5000, 'd');
    LogLines lines(pieces(text, step), 10);
    CHECK(lines.next()->text == std::string(10, 'a'));
    const auto longer = lines.next();
    CHECK(longer->text.empty());
    CHECK(longer->size == 11);
    CHECK(longer->end() == 22);
    CHECK(lines.next()->text == "c");
    const auto last = lines.next();
    CHECK(last->size == 5000);
    CHECK_FALSE(last->ended);
    CHECK_FALSE(lines.next());
  }
}

TEST_CASE("log_lines: nothing holds no line", "[store]") {
  const std::string nothing;
  CHECK_FALSE(LogLines(pieces(nothing, 1), 10).next());
}

}  // namespace seedscape
