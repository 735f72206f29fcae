#pragma once
// A row of the field table: all that is known about one config key.

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "seedscape/config/config.h"

namespace seedscape {

enum class FieldType { integer, real, text, boolean, length_range, integer_list, axes };

/// Which values of its type a key takes. Bounds hold for each number of a range or list.
struct Check {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool open = false;                      // the bounds themselves are excluded
  std::vector<std::string> choices = {};  // of a text; empty = any name
  bool any_text = false;                  // of a path

  bool holds(FieldType type, const Value& value) const;
};

struct Field {
  std::string key;  // "model.width"
  FieldType type;
  bool required;  // has no default: a sweep that uses the key must give it
  Check check;
  std::string unit;
  std::string doc;
  std::function<Value(const SweepConfig&)> get;         // null for an optional key without value
  std::function<void(SweepConfig&, const Value&)> set;  // Requires: a value of the key's type

  std::string section() const;  // "model", or "" for a key at the root
  std::string name() const;     // "width"

  /// Whether an axis may vary the key: it belongs to the training of a cell and does not decide which keys there are.
  bool varies() const;

  /// Whether a task of `kind` reads the key; keys outside task.* are read by all, and all keys are by an unknown kind.
  bool is_used_by(const std::string& kind) const;

  /// The values the key takes, in words, for "expected ...".
  std::string expected() const;
};

/// Names of experiments end up as folder names: kNamePattern, checked without <regex>, which recurses once a character.
inline constexpr const char* kNamePattern = "^[a-z0-9][a-z0-9._-]{0,63}$";

}  // namespace seedscape
