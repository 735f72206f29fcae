#include <algorithm>

#include "draft.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

/// The row of a key that an axis may set, or nullptr after the problem was noted.
const Field* varying_field(const std::string& key, const Position& at, const std::string& path, Draft& draft) {
  const Field* field = find_field(key);
  if (field == nullptr) {
    const std::string suggestion = suggested_key(key);
    draft.problems.add({at, path, "unknown key", "a full key like model.width", key, suggestion});
    draft.unusable.insert(suggestion);
  } else if (!field->varies()) {
    draft.problems.add({at, path, "cannot vary", "a task, model or train key other than task.kind", key});
    field = nullptr;
  }
  return field;
}

/// A list of distinct values of one key; nullopt after problems were noted.
std::optional<std::vector<Value>> read_values(const Field& field, const Node& node, const std::string& path,
                                              bool distinct, Draft& draft) {
  if (node.kind != Node::Kind::list || node.items.empty()) {
    draft.problems.add({node.at, path, node.kind == Node::Kind::list ? "is empty" : "is not a list", "a list of values",
                        node.kind == Node::Kind::list ? "[]" : shown(node)});
    return std::nullopt;
  }
  std::vector<Value> values;
  bool all_good = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node& item = node.items[i];
    const std::string item_path = path + "[" + std::to_string(i) + "]";
    auto value = read_value(field, item, item_path, draft.problems);
    // Not a set: nlohmann/json 3.10 orders lists wrongly in C++20.
    if (value && distinct && std::ranges::find(values, *value) != values.end()) {
      draft.problems.add({item.at, item_path, "duplicate value", "each value once", value->dump()});
      value.reset();
    }
    all_good = all_good && value;
    if (value) values.push_back(std::move(*value));
  }
  if (!all_good) return std::nullopt;
  return values;
}

class AxisReader {
 public:
  AxisReader(const Node& node, std::string path, Draft& draft) : node_(node), path_(std::move(path)), draft_(draft) {}

  /// Whether all of it is in order; if not, `axis` still holds the keys that it sets.
  bool read(AxisConfig& axis) {
    if (node_.kind != Node::Kind::map) {
      draft_.problems.add({node_.at, path_, "is not an axis", "a map {key, values, with, zip}", shown(node_)});
      return false;
    }
    refuse_unknown_parts();
    const Field* field = read_key(axis);
    if (field != nullptr) read_axis_values(*field, axis);
    if (const Entry* entry = node_.find("with")) read_with(*entry, axis);
    if (const Entry* entry = node_.find("zip")) read_zip(*entry, axis);
    return good_;
  }

 private:
  void problem(const Position& at, const std::string& part, std::string what, std::string expected, std::string got) {
    draft_.problems.add({at, path_ + part, std::move(what), std::move(expected), std::move(got)});
    good_ = false;
  }

  void refuse_unknown_parts() {
    const std::vector<std::string> parts = {"key", "values", "with", "zip"};
    for (const Entry& entry : node_.entries) {
      if (std::find(parts.begin(), parts.end(), entry.key) != parts.end()) continue;
      draft_.problems.add({entry.at, path_ + "." + entry.key, "unknown key", "key, values, with or zip", entry.key,
                           nearest(entry.key, parts)});
      good_ = false;
    }
  }

  const Field* read_key(AxisConfig& axis) {
    const Entry* entry = node_.find("key");
    if (entry == nullptr || entry->value.kind != Node::Kind::scalar) {
      problem(entry == nullptr ? node_.at : entry->at, ".key", entry == nullptr ? "is missing" : "is not text",
              "a full key like model.width", entry == nullptr ? "nothing" : shown(entry->value));
      return nullptr;
    }
    axis.key = entry->value.text;
    const Field* field = varying_field(axis.key, entry->value.at, path_ + ".key", draft_);
    good_ = good_ && field != nullptr;
    return field;
  }

  void read_axis_values(const Field& field, AxisConfig& axis) {
    const Entry* entry = node_.find("values");
    if (entry == nullptr) return problem(node_.at, ".values", "is missing", "a list of values", "nothing");
    const auto values = read_values(field, entry->value, path_ + ".values", true, draft_);
    good_ = good_ && values;
    if (values) axis.values = *values;
  }

  /// The row of a key in `with` or `zip`.
  const Field* companion(const Entry& entry, const std::string& path, const AxisConfig& axis) {
    const Field* field = varying_field(entry.key, entry.at, path, draft_);
    if (field != nullptr && entry.key == axis.key) {
      draft_.problems.add({entry.at, path, "is the axis's own key", "another key", entry.key});
      field = nullptr;
    } else if (field != nullptr && axis.with.contains(entry.key)) {
      draft_.problems.add({entry.at, path, "is in both with and zip", "one of the two", entry.key});
      field = nullptr;
    }
    good_ = good_ && field != nullptr;
    return field;
  }

  void read_with(const Entry& with, AxisConfig& axis) {
    if (with.value.kind != Node::Kind::map) {
      return problem(with.at, ".with", "is not a map", "a map of full keys and values", shown(with.value));
    }
    for (const Entry& entry : with.value.entries) {
      const std::string path = path_ + ".with." + entry.key;
      const Field* field = companion(entry, path, axis);
      if (field == nullptr) continue;
      const auto value = read_value(*field, entry.value, path, draft_.problems);
      good_ = good_ && value;
      axis.with[entry.key] = value.value_or(Value());
    }
  }

  void read_zip(const Entry& zip, AxisConfig& axis) {
    if (zip.value.kind != Node::Kind::map) {
      return problem(zip.at, ".zip", "is not a map", "a map of full keys and lists of values", shown(zip.value));
    }
    for (const Entry& entry : zip.value.entries) {
      const std::string path = path_ + ".zip." + entry.key;
      const Field* field = companion(entry, path, axis);
      if (field == nullptr) continue;
      const auto values = read_values(*field, entry.value, path, false, draft_);
      good_ = good_ && values;
      axis.zip[entry.key] = values.value_or(std::vector<Value>{});
      if (values && good_ && values->size() != axis.values.size()) {
        problem(entry.value.at, ".zip." + entry.key, "has another length than values",
                std::to_string(axis.values.size()) + " values", std::to_string(values->size()));
      }
    }
  }

  const Node& node_;
  std::string path_;
  Draft& draft_;
  bool good_ = true;
};

}  // namespace

void read_axes(const Node& node, Draft& draft) {
  const bool is_list = node.kind == Node::Kind::list;
  if (!is_list || node.items.empty()) {
    draft.problems.add({node.kind == Node::Kind::null ? section_position(draft, "axes") : node.at, "axes",
                        is_list ? "is empty" : "is not a list", find_field("axes")->expected(),
                        is_list ? "[]" : shown(node)});
    draft.unusable.insert("axes");
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string path = "axes[" + std::to_string(i) + "]";
    AxisConfig axis;
    if (!AxisReader(node.items[i], path, draft).read(axis)) draft.unusable.insert("axes");
    for (std::size_t j = 0; j < i; ++j) {
      if (axis.key.empty() || draft.config.axes[j].key != axis.key) continue;
      draft.problems.add({node.items[i].at, path + ".key", "is the key of axes[" + std::to_string(j) + "] too",
                          "one axis a key", axis.key});
    }
    draft.config.axes.push_back(std::move(axis));
  }
}

}  // namespace seedscape
