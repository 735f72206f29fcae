#include "draft.h"

namespace seedscape {

namespace {

std::string joined(const std::string& section, const std::string& name) {
  return section.empty() ? name : section + "." + name;
}

void read_key(const std::string& key, const Entry& entry, Draft& draft) {
  const Field* field = find_field(key);
  if (field == nullptr) return refuse_unknown(key, entry.at, draft);
  // A value that is not there has no place of its own.
  const Position at = entry.value.kind == Node::Kind::null ? entry.at : entry.value.at;
  draft.given[key] = at;
  if (field->type == FieldType::axes) return read_axes(entry.value, draft);
  Node node = entry.value;
  node.at = at;
  if (const auto value = read_value(*field, node, key, draft.problems)) {
    field->set(draft.config, *value);
  } else {
    draft.unusable.insert(key);
  }
}

/// A file for another version of the format would only give misleading complaints about the rest.
void check_schema(Draft& draft) {
  const Entry* entry = draft.root.find("schema");
  if (entry == nullptr || entry->value.kind != Node::Kind::scalar || entry->value.quoted) return;
  const std::string& text = entry->value.text;
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) return;
  if (text == "1" || (text.size() > 1 && text[0] == '0')) return;
  const std::string what = text == "0" ? "schema 0 never existed" : "schema " + text + " needs a newer seedscape";
  draft.problems.fail({entry->value.at, "schema", what, "1", text});
}

}  // namespace

void refuse_unknown(const std::string& path, const Position& at, Draft& draft) {
  const std::size_t dot = path.rfind('.');
  const std::string section = dot == std::string::npos ? "" : path.substr(0, dot);
  const std::string suggestion = suggested_key(path);
  draft.problems.add({at, path, "unknown key", section.empty() ? "a key of the config" : "a key of " + section,
                      dot == std::string::npos ? path : path.substr(dot + 1), suggestion});
  for (const Field& field : fields()) {
    if (field.key == suggestion || field.section() == suggestion) draft.unusable.insert(field.key);
  }
}

Position section_position(const Draft& draft, const std::string& section) {
  const Entry* entry = draft.root.find(section);
  return entry == nullptr ? draft.root.at : entry->at;
}

void read_sections(Draft& draft) {
  check_schema(draft);
  for (const Entry& entry : draft.root.entries) {
    const bool is_section =
        std::find(section_names().begin(), section_names().end(), entry.key) != section_names().end();
    if (!is_section && find_field(entry.key) != nullptr && entry.key.find('.') != std::string::npos) {
      const Field& field = *find_field(entry.key);
      draft.problems.add(
          {entry.at, entry.key, "is written with a dot", field.section() + ": {" + field.name() + ": ...}", entry.key});
      draft.unusable.insert(entry.key);
    } else if (!is_section) {
      read_key(entry.key, entry, draft);
    } else if (entry.value.kind != Node::Kind::map) {
      draft.problems.add({entry.at, entry.key, "is not a map", "a map of keys", shown(entry.value)});
      for (const Field& field : fields()) {
        if (field.section() == entry.key) draft.unusable.insert(field.key);
      }
    } else {
      for (const Entry& inner : entry.value.entries) read_key(joined(entry.key, inner.key), inner, draft);
    }
  }
}

}  // namespace seedscape
