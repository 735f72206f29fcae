#pragma once
// What the `sample` command prints: training batches and test problems as JSON or as text. It lies here and not beside
// the tasks because a test problem's compared tokens are known to this module only.

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "seedscape/eval/eval_set.h"
#include "seedscape/tasks/batch.h"
#include "seedscape/tasks/vocabulary.h"

namespace seedscape {

/// {"seed", "step", "tokens", "loss_mask"}: rows of context ids and of 0 or 1.
nlohmann::json sample_train_json(const Batch& batch, std::uint64_t data_seed, std::int64_t step);

/// {"length", "tokens", "answer_mask", "compare_mask"}: a list per problem up to its end token, without padding.
nlohmann::json sample_eval_json(const EvalBatch& batch, std::int64_t length);

/// A line that explains the marks, then a line per row; [x] marks a token that the loss counts. Padding is left out.
std::string sample_train_text(const Vocabulary& vocabulary, const Batch& batch, std::uint64_t data_seed,
                              std::int64_t step);

/// The same for test problems; [x] marks a token that exact_match compares.
std::string sample_eval_text(const Vocabulary& vocabulary, const EvalBatch& batch, std::int64_t length);

}  // namespace seedscape
