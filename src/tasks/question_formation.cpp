// Questions from declarative sentences: "$ my yak doesn't sleep quest > doesn't my yak sleep ." beside copies of
// declaratives, "$ my yak doesn't sleep decl > my yak doesn't sleep ." (McCoy, Frank and Linzen 2020, arXiv 2001.03632;
// Qin, Saphra and Alvarez-Melis 2025, "Data Drives Unstable Hierarchical Generalization in LMs", EMNLP).
//
// Training questions have no relative clause on their subject, so "move the first auxiliary" and "move the main
// auxiliary" both explain them. Test questions of length d have d relative clauses there, and tell the two rules apart.

#include "builtin.h"
#include "grammar.h"

namespace seedscape {

namespace {

constexpr std::uint64_t kPoolSeed = 0;              // the training lines are the same for all runs, as a file would be
constexpr std::int64_t kDeepestTest = 8;            // far beyond what anyone can read
constexpr std::int64_t kTokensAroundSentences = 4;  // $ quest > .

class QuestionFormation : public Task {
 public:
  explicit QuestionFormation(const TaskConfig& config) : config_(config), limits_(question_formation_limits(config)) {
    vocabulary_.text = sentence_words();
    vocabulary_.begin = add_token("$");
    vocabulary_.arrow = add_token(">");
    vocabulary_.end = add_token(".");
    vocabulary_.padding = add_token("*");
    question_mark_ = add_token("quest");
    copy_mark_ = add_token("decl");
  }

  const Vocabulary& vocabulary() const override { return vocabulary_; }

  /// A line of the pool, or a new one where the pool has no end.
  Example training_example(Rng& rng) const override {
    if (config_.lines == 0) return line(rng);
    const std::uint64_t index = rng.below(static_cast<std::uint64_t>(config_.lines));
    Rng line_rng(kPoolSeed, Purpose::training_lines, 0, static_cast<std::uint32_t>(index));
    return line(line_rng);
  }

  std::int64_t longest_training_example() const override { return limits_.longest_example; }
  std::int64_t shortest_test_length() const override { return limits_.shortest_length; }
  std::int64_t longest_test_length() const override { return limits_.longest_length; }

  std::int64_t test_size(std::int64_t, const TestSetOptions& options) const override { return options.sequences; }

  /// Length 0: a question as in training. Beyond: `length` relative clauses on the subject, drawn anew until the first
  /// auxiliary and the main one are different words.
  Example test_example(std::int64_t length, std::int64_t index, const TestSetOptions& options) const override {
    Rng rng(options.seed, Purpose::evaluation_data, static_cast<std::uint32_t>(length),
            static_cast<std::uint32_t>(index));
    if (length == 0) return ambiguous_question(rng);
    Sentence sentence;
    do {
      sentence = draw_sentence({.subject = length, .object = 0}, rng);
    } while (sentence.words[sentence.first_auxiliary] == sentence.words[sentence.main_auxiliary]);
    return write_line(sentence, true);
  }

  bool compares_end() const override { return true; }
  bool has_hints() const override { return limits_.has_hints; }
  std::vector<Token> choices() const override { return auxiliaries(); }

 private:
  Token add_token(const std::string& text) {
    vocabulary_.text.push_back(text);
    return static_cast<Token>(vocabulary_.size() - 1);
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
    example.push(vocabulary_.begin);
    for (const Word word : sentence.words) example.push(word);
    example.push(is_question ? question_mark_ : copy_mark_);
    example.push(vocabulary_.arrow);
    bool is_choice = is_question;  // the auxiliary in front
    for (const Word word : is_question ? question_of(sentence) : sentence.words) {
      example.push(word, true, true, false, is_choice);
      is_choice = false;
    }
    example.push(vocabulary_.end, true, false, true);
    return example;
  }

  TaskConfig config_;
  TaskLimits limits_;
  Vocabulary vocabulary_;
  Token question_mark_ = 0;
  Token copy_mark_ = 0;
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
