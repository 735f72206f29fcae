// Questions from declarative sentences: "$ my yak doesn't sleep quest > doesn't my yak sleep ." beside copies of
// declaratives, "$ my yak doesn't sleep decl > my yak doesn't sleep ." (McCoy, Frank and Linzen 2020, arXiv 2001.03632;
// Qin, Saphra and Alvarez-Melis 2025, "Data Drives Unstable Hierarchical Generalization in LMs", EMNLP).
//
// Training questions have no relative clause on their subject, so "move the first auxiliary" and "move the main
// auxiliary" both explain them. Test questions of length d have d relative clauses there, and tell the two rules apart.

#include "builtin.h"
#include "grammar.h"
#include "number_vocabulary.h"
#include "sampled_task.h"

namespace seedscape {

namespace {

constexpr std::uint64_t kPoolSeed = 0;              // the training lines are the same for all runs, as a file would be
constexpr std::int64_t kDeepestTest = 8;            // far beyond what anyone can read
constexpr std::int64_t kTokensAroundSentences = 4;  // $ quest > .

Vocabulary make_vocabulary() {
  Vocabulary vocabulary = marked_vocabulary(sentence_words());
  vocabulary.text.insert(vocabulary.text.end(), {"quest", "decl"});
  return vocabulary;
}

class QuestionFormation : public SampledTask {
 public:
  explicit QuestionFormation(const TaskConfig& config)
      : SampledTask(question_formation_limits(config), make_vocabulary()),
        config_(config),
        question_mark_(vocabulary().padding + 1),
        copy_mark_(vocabulary().padding + 2) {}

  /// A line of the pool, or a new one where the pool has no end.
  Example training_example(Rng& rng) const override {
    if (config_.lines == 0) return line(rng);
    const std::uint64_t index = rng.below(static_cast<std::uint64_t>(config_.lines));
    Rng line_rng(kPoolSeed, Purpose::training_lines, 0, static_cast<std::uint32_t>(index));
    return line(line_rng);
  }

  std::vector<Token> choices() const override { return auxiliaries(); }

 private:
  /// Length 0: a question as in training. Beyond: `length` relative clauses on the subject, drawn anew until the first
  /// auxiliary and the main one are different words.
  Example draw_test(std::int64_t length, const TestSetOptions&, Rng& rng) const override {
    if (length == 0) return ambiguous_question(rng);
    Sentence sentence;
    do {
      sentence = draw_sentence({.subject = length, .object = 0}, rng);
    } while (sentence.words[sentence.first_auxiliary] == sentence.words[sentence.main_auxiliary]);
    return write_line(sentence, true);
  }

  Example line(Rng& rng) const {
    if (rng.uniform() < config_.question_share) return ambiguous_question(rng);
    const std::int64_t depth = draw_depth(rng);
    const bool is_centered = rng.uniform() < config_.center_share;
    return write_line(draw_sentence({is_centered ? depth : 0, is_centered ? 0 : depth}, rng), false);
  }

  Example ambiguous_question(Rng& rng) const {
    return write_line(draw_sentence({.subject = 0, .object = draw_depth(rng)}, rng), true);
  }

  /// Half of the training sentences hold relative clauses, all depths up to the greatest equally often.
  std::int64_t draw_depth(Rng& rng) const {
    if (config_.embedding_depth == 0 || rng.below(2) == 0) return 0;
    return rng.between(1, config_.embedding_depth);
  }

  Example write_line(const Sentence& sentence, bool is_question) const {
    Example example;
    example.reserve(2 * static_cast<std::int64_t>(sentence.words.size()) + kTokensAroundSentences);
    example.push(vocabulary().begin);
    for (const Word word : sentence.words) example.push(word);
    example.push(is_question ? question_mark_ : copy_mark_);
    example.push(vocabulary().arrow);
    bool is_choice = is_question;  // the auxiliary in front
    for (const Word word : is_question ? question_of(sentence) : sentence.words) {
      example.push(word, true, true, false, is_choice);
      is_choice = false;
    }
    example.push(vocabulary().end, true, false, true);
    return example;
  }

  TaskConfig config_;
  Token question_mark_;
  Token copy_mark_;
};

}  // namespace

TaskLimits question_formation_limits(const TaskConfig& config) {
  const std::int64_t sentence = longest_sentence({.subject = 0, .object = config.embedding_depth});
  return {.has_hints = false,
          .longest_example = 2 * sentence + kTokensAroundSentences,
          .longest_length = kDeepestTest,
          .length_key = "the grammar",
          .shortest_length = 0};
}

std::unique_ptr<Task> make_question_formation(const TaskConfig& config) {
  return std::make_unique<QuestionFormation>(config);
}

}  // namespace seedscape
