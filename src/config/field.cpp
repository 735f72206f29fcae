#include "field.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "seedscape/base/number.h"
#include "seedscape/config/task_keys.h"

namespace seedscape {

namespace {

bool is_name(std::string_view text) {
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_between(const Check& check, const Value& number) {
  const double x = number.get<double>();
  return check.open ? check.least < x && x < check.most : check.least <= x && x <= check.most;
}

/// Bounds of integers as integers: 1000000, not 1e+06. A text has none.
std::string bound(FieldType type, double value) {
  if (!std::isfinite(value)) return "";
  return type == FieldType::real ? shortest(value) : std::to_string(static_cast<std::int64_t>(value));
}

}  // namespace

bool Check::holds(FieldType type, const Value& value) const {
  const auto in_bounds = [&](const Value& number) { return is_between(*this, number); };
  switch (type) {
    case FieldType::integer:
    case FieldType::real:
      return in_bounds(value);
    case FieldType::text:
      if (any_text) return !value.get_ref<const std::string&>().empty();
      return choices.empty()
                 ? is_name(value.get_ref<const std::string&>())
                 : std::find(choices.begin(), choices.end(), value.get_ref<const std::string&>()) != choices.end();
    case FieldType::length_range:
      return in_bounds(value[0]) && in_bounds(value[1]) && value[0] <= value[1];
    case FieldType::integer_list: {
      if (value.empty() || !std::all_of(value.begin(), value.end(), in_bounds)) return false;
      auto sorted = value.get<std::vector<std::int64_t>>();
      std::sort(sorted.begin(), sorted.end());
      return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
    }
    case FieldType::boolean:
    case FieldType::axes:
      return true;
  }
  return false;
}

std::string Field::section() const {
  const std::size_t dot = key.find('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

std::string Field::name() const { return key.substr(key.find('.') + 1); }

bool Field::varies() const {
  const std::string part = section();
  const bool trains = part == "task" || part == "model" || part == "train";
  return trains && key != "task.kind" && type != FieldType::boolean && type != FieldType::integer_list;
}

bool Field::is_used_by(const std::string& kind) const {
  const TaskKeys* row = find_task_keys(kind);
  if (row == nullptr || section() != "task" || key == "task.kind") return true;
  const auto lists = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name()) != names.end();
  };
  return lists(row->required) || lists(row->optional);
}

std::string Field::expected() const {
  const std::string low = bound(type, check.least), high = bound(type, check.most);
  switch (type) {
    case FieldType::integer:
      return low == high ? low : "an integer from " + low + " to " + high;
    case FieldType::real:
      return check.open ? "a number above " + low + " and below " + high : "a number from " + low + " to " + high;
    case FieldType::text: {
      if (check.any_text) return "a path";
      if (check.choices.empty()) return "a name of 1 to 64 characters a-z 0-9 . _ -, the first a letter or digit";
      std::string names;
      for (const std::string& choice : check.choices) names += (names.empty() ? "" : ", ") + choice;
      return check.choices.size() == 1 ? names : "one of " + names;
    }
    case FieldType::boolean:
      return "true or false";
    case FieldType::length_range:
      return "[min, max] with " + low + " <= min <= max <= " + high;
    case FieldType::integer_list:
      return "a list of different integers from " + low + " to " + high;
    case FieldType::axes:
      return "a list of axes like {key: model.depth, values: [1, 2]}";
  }
  return {};
}

}  // namespace seedscape
