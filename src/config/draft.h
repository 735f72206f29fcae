#pragma once
// A config while it is read: the tree, the values so far, what is wrong with them.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fields.h"
#include "node.h"
#include "seedscape/config/load.h"
#include "seedscape/config/task_keys.h"

namespace seedscape {

struct Draft {
  Node root;
  Problems& problems;
  SweepConfig config = {};
  std::map<std::string, Position> given = {};  // keys that the file or --set give, with the place of the value
  std::set<std::string> unusable = {};         // keys whose problem is reported: no rule looks at them
  std::vector<std::string> replaced = {};      // a line for each value that a setting changed

  bool is_usable(const std::string& key) const { return !unusable.contains(key); }
};

/// Replaces parts of the tree: settings are "key=value", the value in YAML.
void apply_settings(const std::vector<std::string>& settings, Draft& draft);

/// Reads every section and the axes into draft.config.
void read_sections(Draft& draft);
void read_axes(const Node& node, Draft& draft);

/// A value of the field's type that passes its check, or nullopt after the problem was noted under `path`.
std::optional<Value> read_value(const Field& field, const Node& node, const std::string& path, Problems& problems);

/// Notes an unknown key, with a suggestion. Whatever is suggested counts as given from then on.
void refuse_unknown(const std::string& path, const Position& at, Draft& draft);

/// What only several keys together show: missing and superfluous keys, sizes that do not fit, `rules`.
void check_together(const CellRules& rules, Draft& draft);

/// Where a section, or the config as a whole, begins.
Position section_position(const Draft& draft, const std::string& section);

}  // namespace seedscape
