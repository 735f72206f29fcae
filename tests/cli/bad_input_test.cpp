// Bad input from outside, class by class: tests/fixtures/bad/cases.txt says what the program must answer to it.

#include <fstream>
#include <set>
#include <sstream>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const std::string kFixtures = SEEDSCAPE_SOURCE_DIR "/tests/fixtures/bad/";

constexpr int kClasses = 64;
/// Those that a text cannot show; bad_files_test.cpp and bad_store_test.cpp have them.
const std::set<int> kMadeByTests{7, 50, 52, 56, 60, 62, 63, 64};

struct Case {
  int number = 0;
  std::string title, config;
  std::vector<std::string> arguments{"validate", "bad.yaml"};
  int code = -1;
  std::vector<std::string> lines;  // of standard error
};

/// The bytes that a text with \n, \t, \\ and \xNN stands for.
std::string unescaped(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
    } else if (text.at(++i) == 'x') {
      bytes += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      bytes += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    }
  }
  return bytes;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) all.push_back(unescaped(word));
  return all;
}

void change(Case& one, const std::string& rule) {
  const std::size_t arrow = rule.find(" => ");
  REQUIRE(arrow != std::string::npos);
  const std::string from = unescaped(rule.substr(0, arrow));
  const std::size_t place = one.config.find(from);
  INFO(one.title << ": " << from);
  REQUIRE(place != std::string::npos);
  one.config.replace(place, from.size(), unescaped(rule.substr(arrow + 4)));
}

void read_line(const std::string& line, Case& one) {
  const std::string word = line.substr(0, line.find(' ')), rest = line.substr(std::min(word.size() + 1, line.size()));
  if (word == "change") {
    change(one, rest);
  } else if (word == "text") {
    one.config = unescaped(rest);
  } else if (word == "run") {
    one.arguments = words(rest);
  } else if (word == "exit") {
    one.code = std::stoi(rest);
  } else if (word == ">") {
    one.lines.push_back(rest);
  } else {
    FAIL("cases.txt: " << line);
  }
}

std::vector<Case> read_cases() {
  std::istringstream table(read_text(kFixtures + "cases.txt"));
  std::vector<Case> cases;
  bool inside = false;
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') {
      inside = false;
    } else if (inside) {
      read_line(line, cases.back());
    } else {
      cases.push_back({.number = std::stoi(line), .title = line, .config = read_text(kFixtures + "good.yaml")});
      inside = true;
    }
  }
  return cases;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool matches(const std::string& line, const std::string& expected) {
  return expected.ends_with("...") ? line.starts_with(expected.substr(0, expected.size() - 3)) : line == expected;
}

}  // namespace

TEST_CASE("bad input: the config that the cases break is a good one", "[cli]") {
  const TempFolder folder;
  CHECK(seedscape::seedscape(folder, {"validate", kFixtures + "good.yaml"}).out == "valid: 2 cells, 6 runs\n");
}

TEST_CASE("bad input: every class has a case", "[cli]") {
  std::set<int> seen = kMadeByTests, all;
  for (const Case& one : read_cases()) seen.insert(one.number);
  for (int number = 1; number <= kClasses; ++number) all.insert(number);
  CHECK(seen == all);
}

TEST_CASE("bad input: each case gets its message and exit code, and nothing is written", "[cli]") {
  for (const Case& one : read_cases()) {
    const TempFolder folder;
    std::ofstream(folder / "bad.yaml") << one.config;
    const Answer answer = seedscape::seedscape(folder, one.arguments);
    INFO(one.title << "\n" << answer.err);
    CHECK(answer.code == one.code);
    CHECK(answer.out.empty());
    const std::vector<std::string> lines = lines_of(answer.err);
    REQUIRE(lines.size() == one.lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      INFO("expected " << one.lines[i]);
      CHECK(matches(lines[i], one.lines[i]));
    }
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  }
}
