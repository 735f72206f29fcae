#pragma once
// From a file and --set options to a checked SweepConfig, and back.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "seedscape/config/cells.h"
#include "seedscape/config/config.h"

namespace seedscape {

/// Where a key's value came from, for `validate --resolved`.
struct ResolvedKey {
  std::string key;
  Value value;
  std::string source;  // "default", "FILE:LINE", "--set", "derived"
};

struct LoadedConfig {
  SweepConfig config;
  std::vector<ResolvedKey> keys;        // every key in table order, axes included
  std::vector<std::string> replaced{};  // what settings changed: "a.yaml:8:16: train.steps: 20 is replaced by 7"
};

/// Looks at one cell of a sweep; an entry for each broken rule that the field table cannot know (see task_problems).
using CellRules = std::function<std::vector<KeyProblem>(const Cell&, const SweepConfig&)>;

/// Reads a YAML or JSON file (by extension, else by its first character), applies `key=value` settings, checks
/// everything.
///
/// Throws: Error(usage) with all errors (up to 20), one a line, in the form
///         file:line:column: key.path: what is wrong; expected X; got Y (suggestion)
LoadedConfig load_config(const std::filesystem::path& file, const std::vector<std::string>& settings = {},
                         const CellRules& rules = {});

/// The same from text that is already read; `source_name` stands in the messages.
LoadedConfig parse_config(std::string_view text, const std::string& source_name,
                          const std::vector<std::string>& settings = {}, const CellRules& rules = {});

/// The config as canonical JSON (every key with its resolved value); parse_config gives the same config back.
nlohmann::json to_json(const SweepConfig& config);

/// JSON Schema (draft 2020-12) of the config, made from the field table.
nlohmann::json config_schema();

/// The README's option table in Markdown, made from the field table.
std::string option_table();

}  // namespace seedscape
