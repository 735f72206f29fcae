#include <set>

#include "seedscape/tasks/task.h"
#include "support/test.h"
#include "tasks/sentence_parser.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

const TaskConfig kFresh{.kind = "question_formation", .lines = 0};

/// A line as its text tells it: "$ declarative quest|decl > output ."
struct Line {
  Words declarative, output;
  bool is_question = false;
  Parsed parsed;
};

Line read(const Task& task, const Example& example) {
  const Words words = split(task.vocabulary().decode(example.tokens));
  const auto arrow = std::ranges::find(words, ">");
  REQUIRE(words.front() == "$");
  REQUIRE(words.back() == ".");
  REQUIRE(arrow - words.begin() > 2);
  const std::string mark = *(arrow - 1);
  REQUIRE((mark == "quest" || mark == "decl"));
  Line line{.declarative = {words.begin() + 1, arrow - 1},
            .output = {arrow + 1, words.end() - 1},
            .is_question = mark == "quest",
            .parsed = {}};
  line.parsed = parse_sentence(line.declarative);
  return line;
}

template <class Visit>
void for_training_lines(const TaskConfig& config, int count, const Visit& visit) {
  const auto task = make_task(config);
  Rng rng(1, Purpose::training_data, 0, 0);
  for (int i = 0; i < count; ++i) visit(read(*task, task->training_example(rng)));
}

std::string first_auxiliary(const Words& words) { return *std::ranges::find_if(words, is_auxiliary); }

/// The question with its first word moved back to where the declarative has its main auxiliary.
Words moved_back(const Line& line) {
  Words words(line.output.begin() + 1, line.output.end());
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(line.parsed.main_auxiliary), line.output.front());
  return words;
}

std::set<std::string> texts(const TaskConfig& config, std::uint64_t data_seed, int count) {
  const auto task = make_task(config);
  Rng rng(data_seed, Purpose::training_data, 0, 0);
  std::set<std::string> found;
  for (int i = 0; i < count; ++i) found.insert(task->vocabulary().decode(task->training_example(rng).tokens));
  return found;
}

TEST_CASE("question_formation: the vocabulary is the words, the four marks and the two orders", "[tasks]") {
  const auto task = make_task(kFresh);
  const Vocabulary& vocabulary = task->vocabulary();
  CHECK(vocabulary.size() == 47);
  CHECK(vocabulary.decode(std::vector<Token>{0, 37, 40, 41, 42, 43, 44, 45, 46}) ==
        "the do doesn't $ > . * quest decl");
  CHECK(vocabulary.begin == 41);
  CHECK(vocabulary.arrow == 42);
  CHECK(vocabulary.end == 43);
  CHECK(vocabulary.padding == 44);
}

TEST_CASE("question_formation: a question is its sentence with the main auxiliary in front, a copy the sentence itself",
          "[tasks]") {
  TaskConfig config = kFresh;
  config.embedding_depth = 3;
  for_training_lines(config, 1000, [](const Line& line) {
    CHECK((line.is_question ? moved_back(line) : line.output) == line.declarative);
  });
}

TEST_CASE("question_formation: training questions are ambiguous: their first auxiliary is the main one", "[tasks]") {
  TaskConfig config = kFresh;
  config.question_share = 1;
  config.embedding_depth = 2;
  int with_clause = 0;
  for_training_lines(config, 1000, [&](const Line& line) {
    REQUIRE(line.is_question);
    CHECK(line.parsed.subject_clauses == 0);
    CHECK(line.output.front() == first_auxiliary(line.declarative));
    with_clause += line.parsed.object_clauses > 0;
  });
  CHECK(is_share(with_clause, 1000, 0.5));
}

TEST_CASE("question_formation: questions and centre-embedded copies have the shares that are asked for", "[tasks]") {
  TaskConfig config = kFresh;
  config.question_share = 0.3;
  config.center_share = 0.2;
  std::int64_t copies = 0, with_clause = 0, centered = 0;
  for_training_lines(config, 4000, [&](const Line& line) {
    copies += !line.is_question;
    if (line.is_question) return;
    CHECK((line.parsed.subject_clauses == 0 || line.parsed.object_clauses == 0));
    with_clause += line.parsed.subject_clauses + line.parsed.object_clauses > 0;
    centered += line.parsed.subject_clauses > 0;
  });
  CHECK(is_share(copies, 4000, 0.7));
  CHECK(is_share(with_clause, copies, 0.5));
  CHECK(is_share(centered, with_clause, 0.2));
}

TEST_CASE("question_formation: shares of none and of all are exact", "[tasks]") {
  TaskConfig config = kFresh;
  config.question_share = 0;
  for (const double share : {0.0, 1.0}) {
    config.center_share = share;
    for_training_lines(config, 500, [&](const Line& line) {
      CHECK_FALSE(line.is_question);
      CHECK((share > 0 ? line.parsed.object_clauses : line.parsed.subject_clauses) == 0);
    });
  }
}

TEST_CASE("question_formation: clauses in training are as deep as the config allows, each depth as often", "[tasks]") {
  TaskConfig config = kFresh;
  for (const std::int64_t deepest : {0, 1, 3}) {
    config.embedding_depth = deepest;
    std::vector<std::int64_t> lines_of_depth(4);
    for_training_lines(config, 3000, [&](const Line& line) {
      ++lines_of_depth.at(static_cast<std::size_t>(line.parsed.subject_clauses + line.parsed.object_clauses));
    });
    if (deepest > 0) CHECK(is_share(lines_of_depth[0], 3000, 0.5));
    const auto first = lines_of_depth.begin() + 1, last = first + deepest;
    if (deepest > 1) CHECK(looks_uniform({first, last}));
    CHECK(std::count(last, lines_of_depth.end(), 0) == 3 - deepest);
  }
}

TEST_CASE("question_formation: a test problem of length d has d clauses on its subject", "[tasks]") {
  const auto task = make_task(kFresh);
  CHECK(task->shortest_test_length() == 0);
  for (std::int64_t length = 0; length <= task->longest_test_length(); ++length) {
    for (std::int64_t index = 0; index < 100; ++index) {
      const Line line = read(*task, task->test_example(length, index, {.sequences = 100, .seed = 5}));
      REQUIRE(line.is_question);
      CHECK(moved_back(line) == line.declarative);
      CHECK(line.parsed.subject_clauses == length);
      // Length 0 is as in training; beyond it the first auxiliary gives a wrong question.
      CHECK((line.output.front() == first_auxiliary(line.declarative)) == (length == 0));
    }
  }
}

TEST_CASE("question_formation: a pool of lines has no more lines than it says, the same for every data seed",
          "[tasks]") {
  TaskConfig config = kFresh;
  config.lines = 7;
  const std::set<std::string> seven = texts(config, 1, 500);
  CHECK(seven.size() == 7);
  CHECK(texts(config, 2, 500) == seven);
  config.lines = 14;
  CHECK(std::ranges::includes(texts(config, 1, 500), seven));
  CHECK(texts(kFresh, 1, 500).size() > 480);
  CHECK(texts(kFresh, 1, 500) != texts(kFresh, 2, 500));
}

TEST_CASE("question_formation: the first lines of the pool are these, whatever else changes", "[tasks]") {
  TaskConfig config = kFresh;
  config.lines = 3;
  CHECK(texts(config, 1, 100) ==
        std::set<std::string>{
            "$ some walrus does amuse some newt quest > does some walrus amuse some newt .",
            "$ the walrus doesn't applaud the walrus decl > the walrus doesn't applaud the walrus .",
            "$ your peacock doesn't applaud some peacock decl > your peacock doesn't applaud some peacock ."});
}

TEST_CASE("question_formation: every token but padding occurs in training", "[tasks]") {
  const auto task = make_task(kFresh);
  std::set<Token> seen;
  Rng rng(1, Purpose::training_data, 0, 0);
  for (int i = 0; i < 1000; ++i) {
    for (const Token token : task->training_example(rng).tokens) seen.insert(token);
  }
  CHECK(seen.size() == 46);
  CHECK_FALSE(seen.contains(task->vocabulary().padding));
}

TEST_CASE("question_formation: the longest line grows by ten tokens with each clause", "[tasks]") {
  TaskConfig config = kFresh;
  for (const std::int64_t depth : {0, 1, 4}) {
    config.embedding_depth = depth;
    CHECK(make_task(config)->longest_training_example() == 28 + 10 * depth);
  }
}

}  // namespace
}  // namespace seedscape
