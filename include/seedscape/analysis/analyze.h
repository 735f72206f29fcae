#pragma once
// From scores to the statistics of a sweep: analysis.json.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/config/config.h"
#include "seedscape/store/plan_file.h"
#include "seedscape/store/record.h"

namespace seedscape {

/// The scores of all seeds at one scale, in one view.
struct ScaleScores {
  Value value;  // of the axis key
  std::optional<std::int64_t> parameters;
  std::int64_t diverged = 0;
  std::vector<std::int64_t> seeds;                      // ascending
  std::vector<double> scores;                           // parallel to seeds
  std::vector<SeedPair> pairs{};                        // parallel to seeds; only of a grid
  std::optional<std::int64_t> test_problems{};          // where scores are shares of so many
  std::optional<std::vector<std::int64_t>> unlearnt{};  // ascending seeds below kLearntScore; nothing to judge by: none
};

/// One metric at one length along one axis.
struct ViewScores {
  std::string metric;
  std::optional<std::int64_t> length;
  bool bounded = true;              // in [0, 1]; else histogram bins span the data and success is null
  std::vector<ScaleScores> scales;  // ascending by value; config order for values that are not numbers
};

struct AxisScores {
  std::string key;
  std::map<std::string, Value> with;
  std::vector<ViewScores> views;  // the main view first
};

/// What is analysed, wherever it came from.
struct ScoreTable {
  struct Source {
    std::int64_t planned = 0, done = 0, diverged = 0, failed = 0, pending = 0;
  } source;
  AnalysisConfig settings;
  std::vector<AxisScores> axes;
};

/// How many test problems of a length there are for a cell.
using TestSize = std::function<std::int64_t(const Cell& cell, std::int64_t length)>;

/// The scores of a sweep: every metric at every eval length for every axis, the main view first.
///
/// A run has not learnt its training task if it diverged or if its exact match at the longest test length that was
/// trained is below kLearntScore. Where no test length was trained: if its last training loss lies far out, the
/// logarithm above Q3 + 3 (Q3 - Q1) of those of its cell (Tukey's outer fence).
///
/// Edge: without `test_size` nothing is known about test sets
ScoreTable score_table(const Plan& plan, const std::vector<SeedRecord>& records, const TestSize& test_size = {});
inline constexpr double kLearntScore = 0.9;

/// Options of `analyze FILE.csv`.
struct CsvColumns {
  std::string axis;
  std::string seed = "seed";
  std::string value = "value";
  // A tidy file has many scores of a (scale, seed): the rows to keep have this in their column "metric" and "length".
  std::string metric;                    // empty = whatever there is
  std::optional<std::int64_t> length{};  // absent = whatever there is
};

/// Scores made elsewhere, one row per (scale, seed); other columns are ignored. RFC 4180, LF or CRLF, optional BOM.
///
/// Edge:   a file without a column "metric" holds one metric, whose name is that of the value column; one without a
///         column "length" holds one length, and says nothing about it
/// Throws: Error(usage) for a missing column, Error(corrupt) with the line number for a duplicate (scale, seed),
///         a value or seed that is no number, or a row with another number of fields
ScoreTable read_scores_csv(const std::string& text, const std::string& source_name, const CsvColumns& columns,
                           const AnalysisConfig& settings);

/// Called before each view: how many are done, and how many there are.
using AnalysisProgress = std::function<void(std::size_t done, std::size_t views)>;

/// All statistics as JSON, in the layout that the README gives for analysis.json. Equal tables give equal bytes.
nlohmann::ordered_json analyze(const ScoreTable& table, const AnalysisProgress& progress = {});

/// The table that `run` prints: for each axis the main view, a line a scale with value, n, mode, mean, success, W2 and
/// a 20-bin histogram in one line of block characters.
std::string summary_table(const nlohmann::ordered_json& analysis);

}  // namespace seedscape
