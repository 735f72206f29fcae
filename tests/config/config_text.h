#pragma once
// A small valid config to break in tests, and the errors that a broken one gives.

#include <string>
#include <vector>

#include "seedscape/base/error.h"
#include "seedscape/config/load.h"
#include "seedscape/config/task_keys.h"
#include "support/test.h"

namespace seedscape {

inline const std::string kGoodConfig =
    "schema: 1\n"
    "name: tiny\n"
    "task: {kind: count, vocabulary: 16, train_length: [1, 4]}\n"
    "model: {width: 16, head_width: 8}\n"
    "axes:\n"
    "  - {key: model.depth, values: [1, 2]}\n"
    "seeds: {first: 0, count: 3}\n"
    "train: {steps: 20, batch: 4, context: 24, learning_rate: 0.003}\n"
    "eval: {lengths: [4, 6]}\n"
    "analysis: {length: 6, success_threshold: 0.5}\n";

/// kGoodConfig with one piece of its text replaced.
inline std::string with(const std::string& piece, const std::string& replacement) {
  const std::size_t start = kGoodConfig.find(piece);
  REQUIRE(start != std::string::npos);
  return std::string(kGoodConfig).replace(start, piece.size(), replacement);
}

/// The choices of task.kind in a message.
inline std::string all_kinds() {
  std::string names;
  for (const TaskKeys& row : task_key_table()) names += (names.empty() ? "" : ", ") + row.kind;
  return names;
}

/// The message with which a config is refused; "accepted" if it is not.
inline std::string errors_of(const std::string& text, const std::vector<std::string>& settings = {},
                             const std::string& source_name = "a.yaml", const CellRules& rules = {}) {
  try {
    parse_config(text, source_name, settings, rules);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "accepted";
}

}  // namespace seedscape
