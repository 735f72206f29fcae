#pragma once
// A config as written: a small tree of untyped texts with their places.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "problems.h"

namespace seedscape {

struct Entry;

struct Node {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  Position at;
  std::string text = {};       // scalar
  bool quoted = false;         // scalar: quotes make it text
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // map, in written order, keys unique

  /// The entry of a map's key, or nullptr.
  const Entry* find(std::string_view key) const;
  Entry* find(std::string_view key);
};

struct Entry {
  std::string key;
  Position at;  // of the key
  Node value;
};

inline Entry* Node::find(std::string_view key) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

inline const Entry* Node::find(std::string_view key) const { return const_cast<Node*>(this)->find(key); }

/// What stands at a node, for "got ...".
inline std::string shown(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "null";
    case Node::Kind::scalar:
      return node.quoted ? '"' + node.text + '"' : node.text;
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return {};
}

}  // namespace seedscape
