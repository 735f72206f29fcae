// From the text of a value to the type of its key.

#include <nlohmann/json.hpp>

#include "draft.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

/// A value, or what is wrong with the node.
struct Reading {
  std::optional<Value> value = {};
  std::string wrong = {};
};

Reading read_number(const Node& node, FieldType type) {
  const bool whole = type != FieldType::real;
  if (node.kind == Node::Kind::scalar && node.quoted) return {.wrong = "is text because of its quotes"};
  if (node.kind == Node::Kind::scalar) {
    if (whole) {
      if (const auto integer = parse_integer(node.text)) return {.value = *integer};
    } else if (const auto real = parse_real(node.text)) {
      return {.value = *real};
    }
    const bool is_number =
        nlohmann::json::accept(node.text) && node.text.find_first_not_of("+-.0123456789eE") == std::string::npos;
    const bool is_whole = is_number && node.text.find_first_of(".eE") == std::string::npos && node.text != "-0";
    if (whole ? is_whole : is_number) return {.wrong = "is out of range"};
  }
  return {.wrong = whole ? "is not an integer" : "is not a finite number"};
}

Reading read_integers(const Node& node) {
  if (node.kind != Node::Kind::list) return {.wrong = "is not a list"};
  Value list = Value::array();
  for (const Node& item : node.items) {
    const Reading reading = read_number(item, FieldType::integer);
    if (!reading.value) return {.wrong = "has an item that " + reading.wrong + " (" + shown(item) + ")"};
    list.push_back(*reading.value);
  }
  return {.value = std::move(list)};
}

Reading read_text(const Node& node) {
  if (node.kind != Node::Kind::scalar) return {.wrong = "is not text"};
  const bool is_other = node.text == "true" || node.text == "false" || parse_real(node.text);
  if (!node.quoted && is_other) return {.wrong = "is not text"};
  return {.value = node.text};
}

Reading read_type(FieldType type, const Node& node) {
  if (node.kind == Node::Kind::null) return {.wrong = "has no value"};
  switch (type) {
    case FieldType::integer:
    case FieldType::real:
      return read_number(node, type);
    case FieldType::text:
      return read_text(node);
    case FieldType::boolean:
      if (node.kind != Node::Kind::scalar || node.quoted || (node.text != "true" && node.text != "false")) {
        return {.wrong = "is not true or false"};
      }
      return {.value = node.text == "true"};
    case FieldType::length_range:
      if (node.kind == Node::Kind::list && node.items.size() != 2) return {.wrong = "does not have two items"};
      return read_integers(node);
    case FieldType::integer_list:
      return read_integers(node);
    case FieldType::axes:
      break;
  }
  return {.wrong = "is not a value"};
}

/// What a list shows: its items, so that the wrong one can be seen.
std::string shown_in_full(const Node& node) {
  if (node.kind != Node::Kind::list) return shown(node);
  std::string text;
  for (const Node& item : node.items) text += (text.empty() ? "" : ", ") + shown(item);
  return "[" + text + "]";
}

std::string wrong_value(const Field& field) {
  if (field.type == FieldType::text)
    return field.check.choices.empty() ? "is not a valid name" : "is not a known value";
  if (field.type == FieldType::integer_list) return "is empty, repeats an item or is out of range";
  return "is out of range";
}

}  // namespace

std::optional<Value> read_value(const Field& field, const Node& node, const std::string& path, Problems& problems) {
  Reading reading = read_type(field.type, node);
  if (reading.value && !field.check.holds(field.type, *reading.value)) {
    reading = {.wrong = wrong_value(field)};
  }
  if (!reading.value) {
    const std::string suggestion = field.check.choices.empty() ? "" : nearest(node.text, field.check.choices);
    problems.add({node.at, path, reading.wrong, field.expected(), shown_in_full(node), suggestion});
  }
  return reading.value;
}

}  // namespace seedscape
