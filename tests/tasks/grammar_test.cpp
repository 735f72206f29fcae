#include "tasks/grammar.h"

#include <map>

#include "support/test.h"
#include "tasks/sentence_parser.h"
#include "tasks/uniform.h"

namespace seedscape {
namespace {

Words text_of(const std::vector<Word>& words) {
  const std::vector<std::string> all = sentence_words();
  Words text;
  for (const Word word : words) text.push_back(all.at(static_cast<std::size_t>(word)));
  return text;
}

template <class Visit>
void for_sentences(const ClauseDepths& depths, int count, const Visit& visit) {
  Rng rng(11, Purpose::training_data, 0, 0);
  for (int i = 0; i < count; ++i) visit(draw_sentence(depths, rng));
}

const std::vector<ClauseDepths> kDepths{{0, 0}, {1, 0}, {0, 1}, {2, 0}, {0, 3}, {2, 1}};

TEST_CASE("grammar: the parser of these tests tells right sentences from wrong ones", "[tasks]") {
  const Parsed parsed = parse_sentence(
      split("my yaks that the newt who doesn't sleep does admire don't applaud some zebra near the yak"));
  CHECK(parsed.main_auxiliary == 10);
  CHECK(parsed.subject_clauses == 2);
  CHECK(parsed.object_clauses == 0);
  CHECK(parsed.subject_relatives == 1);
  CHECK(parsed.object_relatives == 1);
  CHECK(parsed.prepositions == 1);
  CHECK(parsed.has_object);
  CHECK(parsed.subject_is_plural);
  for (const std::string wrong :
       {"the newt do sleep", "the newts doesn't sleep", "the newt does sleep the yak", "the newt does admire",
        "the newt who do sleep does wait", "the newt who my yaks does admire does wait", "the newt sleep",
        "the newt who my yak does sleep does wait", "newt does sleep", "the newt does sleep near"}) {
    INFO(wrong);
    CHECK_THROWS(parse_sentence(split(wrong)));
  }
}

TEST_CASE("grammar: auxiliaries agree, verbs have objects or none, and clauses nest as deep as asked", "[tasks]") {
  for (const ClauseDepths& depths : kDepths) {
    for_sentences(depths, 300, [&](const Sentence& sentence) {
      const Words words = text_of(sentence.words);
      const Parsed parsed = parse_sentence(words);
      CHECK(parsed.subject_clauses == depths.subject);
      CHECK(parsed.object_clauses == depths.object);
      CHECK(parsed.main_auxiliary == sentence.main_auxiliary);
      const auto first = std::ranges::find_if(words, is_auxiliary) - words.begin();
      CHECK(first == static_cast<std::ptrdiff_t>(sentence.first_auxiliary));
    });
  }
}

TEST_CASE("grammar: the main auxiliary is the first unless a clause stands on the subject", "[tasks]") {
  for (const ClauseDepths& depths : kDepths) {
    for_sentences(depths, 50, [&](const Sentence& sentence) {
      CHECK((sentence.first_auxiliary < sentence.main_auxiliary) == (depths.subject > 0));
    });
  }
}

TEST_CASE("grammar: what is left to chance comes as often as its rule says", "[tasks]") {
  constexpr int kSentences = 4000;
  std::int64_t plural = 0, with_object = 0, prepositions = 0, subject_relatives = 0;
  for_sentences({0, 0}, kSentences, [&](const Sentence& sentence) {
    const Parsed parsed = parse_sentence(text_of(sentence.words));
    plural += parsed.subject_is_plural;
    with_object += parsed.has_object;
    prepositions += parsed.prepositions;
  });
  CHECK(is_share(plural, kSentences, 0.5));
  CHECK(is_share(with_object, kSentences, 0.5));
  CHECK(is_share(prepositions, kSentences + with_object, 1.0 / 3));
  for_sentences({1, 0}, kSentences, [&](const Sentence& sentence) {
    subject_relatives += parse_sentence(text_of(sentence.words)).subject_relatives;
  });
  CHECK(is_share(subject_relatives, kSentences, 0.5));
}

TEST_CASE("grammar: every word occurs, and the words of a kind equally often", "[tasks]") {
  std::map<std::string, std::int64_t> counts;
  for_sentences({1, 1}, 4000, [&](const Sentence& sentence) {
    for (const std::string& word : text_of(sentence.words)) ++counts[word];
  });
  CHECK(counts.size() == sentence_words().size());
  for (const std::string kind :
       {"the some my your", "newt yak quail raven walrus zebra unicorn peacock",
        "newts yaks quails ravens walruses zebras unicorns peacocks", "sleep swim giggle smile wait dance",
        "admire amuse comfort entertain remember applaud", "near behind with", "who that", "do don't",
        "does doesn't"}) {
    INFO(kind);
    std::vector<std::int64_t> of_kind;
    for (const std::string& word : split(kind)) of_kind.push_back(counts[word]);
    CHECK(looks_uniform(of_kind));
  }
}

TEST_CASE("grammar: no sentence is longer than the longest of its depths, and some are as long", "[tasks]") {
  CHECK(longest_sentence({0, 0}) == 12);  // the newt near the yak does admire the newt near the yak
  CHECK(longest_sentence({2, 1}) == 27);
  for (const ClauseDepths& depths : kDepths) {
    std::size_t longest = 0;
    for_sentences(depths, 2000, [&](const Sentence& s) { longest = std::max(longest, s.words.size()); });
    CHECK(static_cast<std::int64_t>(longest) == longest_sentence(depths));
  }
}

TEST_CASE("grammar: a question begins with the main auxiliary, the rest keeps its order", "[tasks]") {
  CHECK(question_of({.words = {7, 8, 9, 10, 11}, .first_auxiliary = 2, .main_auxiliary = 3}) ==
        std::vector<Word>{10, 7, 8, 9, 11});
}

TEST_CASE("grammar: the auxiliaries are the four forms of do", "[tasks]") {
  CHECK(text_of(auxiliaries()) == Words{"do", "don't", "does", "doesn't"});
}

}  // namespace
}  // namespace seedscape
