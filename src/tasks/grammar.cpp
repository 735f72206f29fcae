#include "grammar.h"

#include <algorithm>
#include <array>

namespace seedscape {

namespace {

/// Words of one kind lie side by side.
struct WordClass {
  Word first;
  Word count;
};

constexpr WordClass after(const WordClass& before, Word count) { return {before.first + before.count, count}; }

constexpr WordClass kDeterminers{0, 4};
constexpr WordClass kSingularNouns = after(kDeterminers, 8);
constexpr WordClass kPluralNouns = after(kSingularNouns, 8);
constexpr WordClass kIntransitiveVerbs = after(kPluralNouns, 6);
constexpr WordClass kTransitiveVerbs = after(kIntransitiveVerbs, 6);
constexpr WordClass kPrepositions = after(kTransitiveVerbs, 3);
constexpr WordClass kRelativePronouns = after(kPrepositions, 2);
constexpr WordClass kPluralAuxiliaries = after(kRelativePronouns, 2);
constexpr WordClass kSingularAuxiliaries = after(kPluralAuxiliaries, 2);

constexpr std::array kWords{
    "the",    "some",    "my",      "your",                                                      //
    "newt",   "yak",     "quail",   "raven",     "walrus",   "zebra",   "unicorn",  "peacock",   //
    "newts",  "yaks",    "quails",  "ravens",    "walruses", "zebras",  "unicorns", "peacocks",  //
    "sleep",  "swim",    "giggle",  "smile",     "wait",     "dance",                            //
    "admire", "amuse",   "comfort", "entertain", "remember", "applaud",                          //
    "near",   "behind",  "with",                                                                 //
    "who",    "that",                                                                            //
    "do",     "don't",                                                                           //
    "does",   "doesn't",
};
static_assert(kWords.size() == kSingularAuxiliaries.first + kSingularAuxiliaries.count);

/// Draws a sentence by the rules that the header lists.
class Writer {
 public:
  explicit Writer(Rng& rng) : rng_(rng) {}

  Sentence sentence(const ClauseDepths& depths) {
    const bool plural = phrase(depths.subject);
    const std::size_t main = words_.size();
    auxiliary(plural);
    predicate(depths.object);
    const auto is_auxiliary = [](Word word) { return word >= kPluralAuxiliaries.first; };
    const auto first = std::ranges::find_if(words_, is_auxiliary) - words_.begin();
    return {.words = std::move(words_), .first_auxiliary = static_cast<std::size_t>(first), .main_auxiliary = main};
  }

 private:
  bool chance(std::uint64_t one_in) { return rng_.below(one_in) == 0; }

  void word(const WordClass& kind) {
    words_.push_back(kind.first + static_cast<Word>(rng_.below(static_cast<std::uint64_t>(kind.count))));
  }

  /// Returns whether the noun is plural.
  bool noun() {
    const bool plural = chance(2);
    word(kDeterminers);
    word(plural ? kPluralNouns : kSingularNouns);
    return plural;
  }

  void auxiliary(bool plural) { word(plural ? kPluralAuxiliaries : kSingularAuxiliaries); }

  /// Returns whether the phrase is plural, which its first noun decides.
  bool phrase(std::int64_t depth) {
    const bool plural = noun();
    if (depth > 0) {
      clause(plural, depth);
    } else if (chance(3)) {
      word(kPrepositions);
      noun();
    }
    return plural;
  }

  void clause(bool plural, std::int64_t depth) {
    word(kRelativePronouns);
    if (chance(2)) {
      auxiliary(phrase(depth - 1));
      word(kTransitiveVerbs);
    } else {
      auxiliary(plural);
      predicate(depth - 1);
    }
  }

  void predicate(std::int64_t depth) {
    const bool has_object = depth > 0 || chance(2);
    word(has_object ? kTransitiveVerbs : kIntransitiveVerbs);
    if (has_object) phrase(depth);
  }

  Rng& rng_;
  std::vector<Word> words_;
};

/// Determiner and noun, then a preposition with both again, or per clause a pronoun, an auxiliary and a verb.
std::int64_t longest_phrase(std::int64_t depth) { return 5 * (depth + 1); }

}  // namespace

std::vector<std::string> sentence_words() { return {kWords.begin(), kWords.end()}; }

std::vector<Word> auxiliaries() {
  std::vector<Word> words;
  for (Word word = kPluralAuxiliaries.first; word < static_cast<Word>(kWords.size()); ++word) words.push_back(word);
  return words;
}

Sentence draw_sentence(const ClauseDepths& depths, Rng& rng) { return Writer(rng).sentence(depths); }

std::int64_t longest_sentence(const ClauseDepths& depths) {
  return longest_phrase(depths.subject) + 2 + longest_phrase(depths.object);  // the main auxiliary and verb between
}

std::vector<Word> question_of(const Sentence& sentence) {
  std::vector<Word> words = sentence.words;
  const auto main = words.begin() + static_cast<std::ptrdiff_t>(sentence.main_auxiliary);
  std::rotate(words.begin(), main, main + 1);
  return words;
}

}  // namespace seedscape
