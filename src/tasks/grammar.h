#pragma once
// English-like sentences around an auxiliary: "the newt who doesn't sleep does admire my yak". Pure drawing, no tokens
// of a task.

#include <cstdint>
#include <string>
#include <vector>

#include "seedscape/base/rng.h"

namespace seedscape {

/// A word by its place in sentence_words().
using Word = std::int32_t;

/// Every word that a sentence can hold.
std::vector<std::string> sentence_words();

/// do, don't, does, doesn't.
std::vector<Word> auxiliaries();

/// How many relative clauses, each within the one before, the two noun phrases of the main clause hold. A clause on
/// the subject stands between it and its auxiliary, so it is centre-embedded; on the object it is right-branching.
struct ClauseDepths {
  std::int64_t subject = 0;
  std::int64_t object = 0;
};

struct Sentence {
  std::vector<Word> words;
  std::size_t first_auxiliary = 0;  // places in words
  std::size_t main_auxiliary = 0;
};

/// Draws a declarative sentence from left to right; `depths` fixes its relative clauses, chance the rest.
///
///   sentence  = phrase(subject) auxiliary predicate(object)
///   phrase(d) = determiner noun, and for d > 0 a clause(d), else one time in three a preposition determiner noun
///   clause(d) = who|that, then half the time each:
///               phrase(d - 1) auxiliary transitive-verb    (what the noun is the object of)
///               auxiliary predicate(d - 1)                 (what the noun is the subject of)
///   predicate(d) = transitive-verb phrase(d), or if d = 0, half the time, intransitive-verb
///
/// An auxiliary is do or don't after a plural subject, does or doesn't after a singular one. All words of a kind are
/// equally likely.
///
/// Source: after the grammar of McCoy, Frank and Linzen 2020 (arXiv 2001.03632), in rules and words of our own
Sentence draw_sentence(const ClauseDepths& depths, Rng& rng);

/// Most words that a sentence of these depths can have.
std::int64_t longest_sentence(const ClauseDepths& depths);

/// The sentence as a question: its main auxiliary moved to the front.
std::vector<Word> question_of(const Sentence& sentence);

}  // namespace seedscape
