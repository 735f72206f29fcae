#pragma once
// From the model's predictions on test problems to the metrics of one seed.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "seedscape/eval/eval_set.h"

namespace seedscape {

/// What one seed's model says about an EvalBatch. Column t speaks of token t given the tokens before it.
///
/// Shapes: token [rows, columns], the most probable token (the lowest id on a tie)
///         log_probability [rows, columns], of the batch's own token t
///         choice [rows, columns], the most probable of the batch's choices (the lowest id on a tie); empty if it has
///         none
/// Edge:   column 0 of all is never read
struct Predictions {
  std::vector<Token> token;
  std::vector<float> log_probability;
  std::vector<Token> choice;
};

/// A forward pass over an EvalBatch for one seed, without gradients.
using Predict = std::function<Predictions(const EvalBatch&)>;

/// Metric names in the order of results.csv; exact_match_digits only where the task has hints, main_auxiliary only
/// where it has choices.
std::vector<std::string> metric_names(const Task& task);

/// Whether a metric lies in [0, 1], so that it has fixed histogram bins and a diverged run counts as 0.
bool is_bounded(const std::string& metric);

/// (metric, value) in the order of metric_names.
using Scores = std::vector<std::pair<std::string, double>>;

/// All metrics of one seed at one length.
///
///   exact_match: share of rows whose compared tokens are all predicted
///   exact_match_eos: the same with the end token besides; exact_match_digits: of the answer's digits alone
///   token_accuracy, nll: pooled over the compared tokens of all rows
///   min_prob, sequence_prob, sequence_nll, max_token_nll: per row over its compared tokens, then the mean over rows
///   main_auxiliary: share of the places of choice where the most probable choice is right: 1 = the model moves the
///   auxiliary of the main clause, 0 = it moves another, as "the first" does
///
/// With config.mode "greedy" the predicted tokens come from free-running generation, one call of `predict` for each
/// answer token; the probabilities and choices stay teacher-forced.
///
/// Requires: at least one test problem
/// Throws:   Error(internal) if predictions do not have the shape of their batch
/// Edge:     a log-probability that is not a number makes nll and sequence_nll NaN
/// Source:   arXiv 2502.17356, sections 2.1 (exact match) and 3.5 (min_prob); McCoy, Frank and Linzen 2020,
///           arXiv 2001.03632 (main_auxiliary)
Scores evaluate(const Task& task, const EvalConfig& config, std::int64_t length, std::uint64_t data_seed,
                const Predict& predict);

}  // namespace seedscape
