#pragma once
// Reads declarative sentences back, word by word, with word lists and rules of its own.

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace seedscape {

using Words = std::vector<std::string>;

inline Words split(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

inline bool is_auxiliary(const std::string& word) {
  return std::set<std::string>{"do", "don't", "does", "doesn't"}.contains(word);
}

/// What the parser finds out about a sentence.
struct Parsed {
  std::size_t main_auxiliary = 0;  // its place
  int subject_clauses = 0;         // relative clauses on the subject, those within others included
  int object_clauses = 0;
  int subject_relatives = 0;  // "who does sleep", in all phrases
  int object_relatives = 0;   // "who my yak does see"
  int prepositions = 0;
  bool has_object = false;
  bool subject_is_plural = false;
};

/// Throws std::runtime_error at the first word that breaks a rule: an auxiliary of the wrong number, an intransitive
/// verb with an object, a transitive one without, anything left over.
class SentenceParser {
 public:
  explicit SentenceParser(Words words) : words_(std::move(words)) {}

  Parsed parse() {
    parsed_.subject_is_plural = phrase(parsed_.subject_clauses);
    parsed_.main_auxiliary = at_;
    auxiliary(parsed_.subject_is_plural);
    parsed_.has_object = predicate(parsed_.object_clauses);
    if (at_ != words_.size()) refuse("the end");
    return parsed_;
  }

 private:
  using Kind = std::set<std::string>;
  inline static const Kind kDeterminers{"the", "some", "my", "your"};
  inline static const Kind kSingular{"newt", "yak", "quail", "raven", "walrus", "zebra", "unicorn", "peacock"};
  inline static const Kind kPlural{"newts", "yaks", "quails", "ravens", "walruses", "zebras", "unicorns", "peacocks"};
  inline static const Kind kIntransitive{"sleep", "swim", "giggle", "smile", "wait", "dance"};
  inline static const Kind kTransitive{"admire", "amuse", "comfort", "entertain", "remember", "applaud"};
  inline static const Kind kPrepositions{"near", "behind", "with"};
  inline static const Kind kPronouns{"who", "that"};

  bool sees(const Kind& kind) const { return at_ < words_.size() && kind.contains(words_[at_]); }

  [[noreturn]] void refuse(const std::string& expected) const {
    throw std::runtime_error("word " + std::to_string(at_) + ": expected " + expected);
  }

  void take(const Kind& kind, const std::string& name) {
    if (!sees(kind)) refuse(name);
    ++at_;
  }

  bool noun() {
    take(kDeterminers, "a determiner");
    const bool plural = sees(kPlural);
    take(plural ? kPlural : kSingular, "a noun");
    return plural;
  }

  void auxiliary(bool plural) {
    take(plural ? Kind{"do", "don't"} : Kind{"does", "doesn't"}, plural ? "do or don't" : "does or doesn't");
  }

  bool phrase(int& clauses) {
    const bool plural = noun();
    if (sees(kPrepositions)) {
      ++at_;
      ++parsed_.prepositions;
      noun();
    } else if (sees(kPronouns)) {
      ++at_;
      ++clauses;
      if (at_ < words_.size() && is_auxiliary(words_[at_])) {
        ++parsed_.subject_relatives;
        auxiliary(plural);
        predicate(clauses);
      } else {
        ++parsed_.object_relatives;
        auxiliary(phrase(clauses));
        take(kTransitive, "a transitive verb");
      }
    }
    return plural;
  }

  bool predicate(int& clauses) {
    const bool has_object = sees(kTransitive);
    take(has_object ? kTransitive : kIntransitive, "a verb");
    if (has_object) phrase(clauses);
    return has_object;
  }

  Words words_;
  std::size_t at_ = 0;
  Parsed parsed_;
};

inline Parsed parse_sentence(const Words& words) { return SentenceParser(words).parse(); }

}  // namespace seedscape
