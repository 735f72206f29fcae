#include "seedscape/eval/sample.h"

#include <span>
#include <vector>

namespace seedscape {

namespace {

/// Row `row` of a [rows, columns] array, its first `size` columns.
template <class T>
std::span<const T> row_of(const std::vector<T>& values, std::int64_t columns, std::int64_t row, std::int64_t size) {
  return std::span(values).subspan(static_cast<std::size_t>(row * columns), static_cast<std::size_t>(size));
}

/// One list per row; sizes[row] columns of it are kept.
template <class T>
nlohmann::json rows_json(const std::vector<T>& values, std::int64_t columns, const std::vector<std::int64_t>& sizes) {
  auto rows = nlohmann::json::array();
  for (std::size_t row = 0; row < sizes.size(); ++row) {
    rows.push_back(row_of(values, columns, static_cast<std::int64_t>(row), sizes[row]));
  }
  return rows;
}

/// Columns of each row up to its last token that is not padding.
std::vector<std::int64_t> unpadded_sizes(const std::vector<Token>& tokens, std::int64_t rows, std::int64_t columns,
                                         Token padding) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t row = 0; row < rows; ++row) {
    std::int64_t size = columns;
    while (size > 0 && tokens[static_cast<std::size_t>(row * columns + size - 1)] == padding) --size;
    sizes.push_back(size);
  }
  return sizes;
}

/// Columns of each test problem up to its end token.
std::vector<std::int64_t> problem_sizes(const EvalBatch& batch) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t row = 0; row < batch.rows; ++row) {
    std::int64_t size = batch.columns;
    while (size > 0 && !batch.end[static_cast<std::size_t>(row * batch.columns + size - 1)]) --size;
    sizes.push_back(size);
  }
  return sizes;
}

std::string marked_rows(const Vocabulary& vocabulary, const std::vector<Token>& tokens,
                        const std::vector<std::uint8_t>& marks, std::int64_t columns,
                        const std::vector<std::int64_t>& sizes) {
  std::string text;
  for (std::size_t row = 0; row < sizes.size(); ++row) {
    for (std::int64_t t = 0; t < sizes[row]; ++t) {
      const std::size_t cell = row * static_cast<std::size_t>(columns) + static_cast<std::size_t>(t);
      const std::string word = vocabulary.decode(std::span(&tokens[cell], 1));
      if (t > 0) text += ' ';
      text += marks[cell] ? "[" + word + "]" : word;
    }
    text += '\n';
  }
  return text;
}

}  // namespace

nlohmann::json sample_train_json(const Batch& batch, std::uint64_t data_seed, std::int64_t step) {
  const std::vector<std::int64_t> sizes(static_cast<std::size_t>(batch.rows), batch.columns);
  return {{"seed", data_seed},
          {"step", step},
          {"tokens", rows_json(batch.tokens, batch.columns, sizes)},
          {"loss_mask", rows_json(batch.loss_mask, batch.columns, sizes)}};
}

nlohmann::json sample_eval_json(const EvalBatch& batch, std::int64_t length) {
  const std::vector<std::int64_t> sizes = problem_sizes(batch);
  return {{"length", length},
          {"tokens", rows_json(batch.tokens, batch.columns, sizes)},
          {"answer_mask", rows_json(batch.answer, batch.columns, sizes)},
          {"compare_mask", rows_json(batch.compare, batch.columns, sizes)}};
}

std::string sample_train_text(const Vocabulary& vocabulary, const Batch& batch, std::uint64_t data_seed,
                              std::int64_t step) {
  return "seed " + std::to_string(data_seed) + ", step " + std::to_string(step) +
         ": [x] is a token that the loss counts\n" +
         marked_rows(vocabulary, batch.tokens, batch.loss_mask, batch.columns,
                     unpadded_sizes(batch.tokens, batch.rows, batch.columns, vocabulary.padding));
}

std::string sample_eval_text(const Vocabulary& vocabulary, const EvalBatch& batch, std::int64_t length) {
  return "length " + std::to_string(length) + ": [x] is a token that exact_match compares\n" +
         marked_rows(vocabulary, batch.tokens, batch.compare, batch.columns, problem_sizes(batch));
}

}  // namespace seedscape
