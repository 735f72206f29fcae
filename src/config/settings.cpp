// --set key=value: edits of the tree, before anything in it is typed or checked.

#include <utility>

#include "draft.h"
#include "readers.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

/// The entry of `key` in a map, made if it is not there.
Entry& entry_of(Node& map, const std::string& key, const Position& at) {
  if (Entry* entry = map.find(key)) return *entry;
  return map.entries.emplace_back(Entry{key, at, {.kind = Node::Kind::null, .at = at}});
}

/// Puts a value in the place of another.
///
/// Returns: the old one; null if there was none
Node replace(Node& root, const std::string& key, Node value, const Position& at) {
  const std::size_t dot = key.find('.');
  Node* parent = &root;
  if (dot != std::string::npos) {
    parent = &entry_of(root, key.substr(0, dot), at).value;
    if (parent->kind == Node::Kind::null) *parent = {.kind = Node::Kind::map, .at = at};
    // A section that is something else than a map is reported when the sections are read.
    if (parent->kind != Node::Kind::map) return {};
  }
  Entry& entry = entry_of(*parent, dot == std::string::npos ? key : key.substr(dot + 1), at);
  entry.at = at;
  return std::exchange(entry.value, std::move(value));
}

/// What a list or a map holds is not compared: it counts as changed.
bool differs(const Node& before, const Node& after) {
  return before.kind != Node::Kind::null && (before.kind != Node::Kind::scalar || shown(before) != shown(after));
}

}  // namespace

void apply_settings(const std::vector<std::string>& settings, Draft& draft) {
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const std::string& setting = settings[i];
    const Position at{.setting = static_cast<int>(i) + 1};
    const auto refuse = [&](std::string what, std::string expected) {
      draft.problems.add({at, "config", std::move(what), std::move(expected), setting});
    };
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      refuse("is no setting", "key=value");
      continue;
    }
    if (!is_utf8(setting) || std::any_of(setting.begin(), setting.end(),
                                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
      refuse("holds a control character or is not UTF-8", "one line of text");
      continue;
    }
    const std::string key = setting.substr(0, equals);
    const auto& sections = section_names();
    if (find_field(key) == nullptr && std::find(sections.begin(), sections.end(), key) == sections.end()) {
      refuse_unknown(key, at, draft);
      continue;
    }
    // Read as the YAML line "key: value", so that messages know the key; column 0 makes up for its one more character.
    const Position start{.setting = at.setting, .line = 1, .column = 0};
    const Node line = read_yaml(key + ": " + setting.substr(equals + 1), start, draft.problems);
    const Node after = line.entries.front().value;
    const Node before = replace(draft.root, key, after, at);
    if (differs(before, after)) {
      draft.replaced.push_back(draft.problems.place(before.at) + ": " + key + ": " + printable(shown(before)) +
                               " is replaced by " + printable(shown(after)));
    }
  }
}

}  // namespace seedscape
