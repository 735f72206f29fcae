// The field table as JSON Schema.

#include "fields.h"
#include "seedscape/config/load.h"
#include "seedscape/config/task_keys.h"

namespace seedscape {

namespace {

using nlohmann::json;

json bounds(const Field& field) {
  if (field.type == FieldType::real) {
    return {{"type", "number"},
            {field.check.open ? "exclusiveMinimum" : "minimum", field.check.least},
            {field.check.open ? "exclusiveMaximum" : "maximum", field.check.most}};
  }
  return {{"type", "integer"},
          {"minimum", static_cast<std::int64_t>(field.check.least)},
          {"maximum", static_cast<std::int64_t>(field.check.most)}};
}

/// The values of one key.
json value_schema(const Field& field) {
  switch (field.type) {
    case FieldType::integer:
    case FieldType::real:
      return bounds(field);
    case FieldType::text: {
      if (field.check.any_text) return {{"type", "string"}, {"minLength", 1}};
      if (field.check.choices.empty()) return {{"type", "string"}, {"pattern", kNamePattern}};
      return {{"type", "string"}, {"enum", field.check.choices}};
    }
    case FieldType::boolean:
      return {{"type", "boolean"}};
    case FieldType::length_range:
      return {{"type", "array"}, {"items", bounds(field)}, {"minItems", 2}, {"maxItems", 2}};
    case FieldType::integer_list:
      return {{"type", "array"}, {"items", bounds(field)}, {"minItems", 1}, {"uniqueItems", true}};
    case FieldType::axes:
      break;
  }
  return {{"type", "array"}, {"minItems", 1}};
}

json object(json properties, const std::vector<std::string>& required) {
  json schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

/// One axis; which values are allowed depends on its key.
json axis_schema() {
  json keys = json::array(), with = json::object(), zip = json::object(), cases = json::array();
  for (const Field& field : fields()) {
    if (!field.varies()) continue;
    const json value = value_schema(field);
    keys.push_back(field.key);
    with[field.key] = value;
    zip[field.key] = {{"type", "array"}, {"items", value}, {"minItems", 1}};
    cases.push_back({{"if", {{"properties", {{"key", {{"const", field.key}}}}}}},
                     {"then", {{"properties", {{"values", {{"items", value}}}}}}}});
  }
  json axis = object({{"key", {{"enum", std::move(keys)}}},
                      {"values", {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}}},
                      {"with", object(std::move(with), {})},
                      {"zip", object(std::move(zip), {})}},
                     {"key", "values"});
  axis["allOf"] = std::move(cases);
  return axis;
}

json key_schema(const Field& field) {
  json schema = value_schema(field);
  if (field.type == FieldType::axes) schema["items"] = axis_schema();
  schema["description"] = field.doc + (field.unit.empty() ? "" : " [" + field.unit + "]") +
                          (field.required && field.varies() ? "; required here or on every axis" : "");
  const Value standard = field.get(SweepConfig{});
  if (!field.required && !standard.is_null()) schema["default"] = standard;
  return schema;
}

/// Each task kind refuses the keys that it does not read.
json kind_cases() {
  json cases = json::array();
  for (const TaskKeys& row : task_key_table()) {
    json names = json::array();
    for (const Field& field : fields()) {
      if (field.section() == "task" && field.is_used_by(row.kind)) names.push_back(field.name());
    }
    cases.push_back({{"if", {{"properties", {{"kind", {{"const", row.kind}}}}}}},
                     {"then", {{"propertyNames", {{"enum", std::move(names)}}}}}});
  }
  return cases;
}

}  // namespace

json config_schema() {
  json properties;
  std::vector<std::string> required;
  for (const Field& field : fields()) {
    if (!field.section().empty()) continue;
    properties[field.name()] = key_schema(field);
    required.push_back(field.name());
  }
  for (const std::string& section : section_names()) {
    json keys = json::object();
    std::vector<std::string> needed;
    for (const Field& field : fields()) {
      if (field.section() != section) continue;
      keys[field.name()] = key_schema(field);
      if (field.required && !field.varies()) needed.push_back(field.name());
    }
    if (!needed.empty()) required.push_back(section);
    properties[section] = object(std::move(keys), needed);
  }
  properties["task"]["allOf"] = kind_cases();
  json schema = object(std::move(properties), required);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "seedscape config";
  return schema;
}

}  // namespace seedscape
