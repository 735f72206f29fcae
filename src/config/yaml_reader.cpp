// YAML through yaml-cpp's events, which show what its finished documents hide: duplicates, aliases, tags, further
// documents.

#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "readers.h"

namespace seedscape {

namespace {

constexpr std::size_t kMostLevels = 16;
constexpr std::size_t kMostNodes = 10000;

/// Whether the quote at `start` has its partner. (yaml-cpp takes the end of the file for one.)
bool is_closed_quote(std::string_view text, std::size_t start) {
  const char quote = text[start];
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return true;
      ++i;
    }
  }
  return false;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const Position& start, Problems& problems)
      : text_(text), start_(start), problems_(problems) {}

  Node take() { return std::move(root_); }

  /// Of a line and column from 0.
  Position position(int line, int column) const {
    return {start_.setting, start_.line + line, column + (line == 0 ? start_.column : 1)};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(mark, "has a second document", "one document", "another");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, anchor, "?");
    place({.kind = Node::Kind::null, .at = position(mark)}, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "is an alias", "the value itself", "an alias");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, anchor, tag);
    const char first = at(mark);
    if ((first == '"' || first == '\'') && !is_closed_quote(text_, static_cast<std::size_t>(mark.pos))) {
      fail(mark, "has an unclosed quote", std::string("a closing ") + first, "the end of the file");
    }
    place({.kind = Node::Kind::scalar, .at = position(mark), .text = value, .quoted = tag == "!"}, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, anchor, tag);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, anchor, tag);
  }
  void OnMapEnd() override { close(); }

 private:
  struct PendingKey {
    std::string key;
    Position at;
    bool duplicate = false;
  };
  struct Level {
    Node node;
    std::optional<PendingKey> pending = {};  // of a map: the key whose value comes next
  };

  Position position(const YAML::Mark& mark) const { return position(mark.line, mark.column); }

  char at(const YAML::Mark& mark) const {
    const auto offset = static_cast<std::size_t>(mark.pos);
    return offset < text_.size() ? text_[offset] : '\0';
  }

  /// Path of the value that comes next, "axes[0].values".
  std::string path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (level.node.kind == Node::Kind::list) path += '[' + std::to_string(level.node.items.size()) + ']';
      if (level.pending) path += (path.empty() ? "" : ".") + level.pending->key;
    }
    return path.empty() ? "config" : path;
  }

  [[noreturn]] void fail(const YAML::Mark& mark, std::string what, std::string expected, std::string got) {
    problems_.fail({position(mark), path(), std::move(what), std::move(expected), std::move(got)});
  }

  void check(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    if (anchor != YAML::NullAnchor) fail(mark, "has an anchor", "the value itself", "an anchor");
    // "?" and "!" are what yaml-cpp calls untagged plain and quoted scalars; a written "!" shows in the text.
    if ((!tag.empty() && tag != "?" && tag != "!") || at(mark) == '!') {
      fail(mark, "has a tag", "an untagged value", rest_of_line(text_, static_cast<std::size_t>(mark.pos)));
    }
    if (++nodes_ > kMostNodes) fail(mark, "comes after too many values", "at most 10000 values", "more");
  }

  bool expects_key() const {
    return !levels_.empty() && levels_.back().node.kind == Node::Kind::map && !levels_.back().pending;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    check(mark, anchor, tag);
    if (expects_key()) fail(mark, "has a key that is not text", "text", kind == Node::Kind::map ? "a map" : "a list");
    if (levels_.size() == kMostLevels) fail(mark, "is nested too deep", "at most 16 levels", "more");
    levels_.push_back({.node = {.kind = kind, .at = position(mark)}});
  }

  void close() {
    Node node = std::move(levels_.back().node);
    levels_.pop_back();
    store(std::move(node));
  }

  void place(Node node, const YAML::Mark& mark) {
    if (!expects_key()) return store(std::move(node));
    if (node.kind != Node::Kind::scalar) fail(mark, "has a key that is not text", "text", "null");
    if (node.text == "<<" && !node.quoted) fail(mark, "has a merge key", "the keys themselves", "<<");
    Level& level = levels_.back();
    const Entry* first = level.node.find(node.text);
    level.pending = PendingKey{node.text, node.at, first != nullptr};
    if (first != nullptr) {
      problems_.add({node.at, path(), "duplicate key, first on line " + std::to_string(first->at.line), "each key once",
                     "a second value"});
    }
  }

  /// Puts a finished value where it belongs.
  void store(Node node) {
    if (levels_.empty()) {
      root_ = std::move(node);
    } else if (Level& level = levels_.back(); level.node.kind == Node::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else {
      if (!level.pending->duplicate) {
        level.node.entries.push_back({level.pending->key, level.pending->at, std::move(node)});
      }
      level.pending.reset();
    }
  }

  std::string_view text_;
  Position start_;
  Problems& problems_;
  std::vector<Level> levels_;
  Node root_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

/// What yaml-cpp complains about, in words that do not change with its version; empty for what it can hardly meet here.
std::string reason_of(const YAML::Exception& error) {
  namespace Message = YAML::ErrorMsg;
  static const std::pair<const char*, const char*> kReasons[] = {
      {Message::END_OF_MAP_FLOW, "a { without its }"},
      {Message::END_OF_SEQ_FLOW, "a [ without its ]"},
      {Message::FLOW_END, "a closing bracket without its opening one"},
      {Message::END_OF_MAP, "a line that is indented less or more than the keys around it"},
      {Message::END_OF_SEQ, "a line that is indented less or more than the list around it"},
      {Message::MAP_KEY, "a key where none can stand"},
      {Message::MAP_VALUE, "a colon where no value can follow"},
      {Message::BLOCK_ENTRY, "a list item where none can stand"},
      {Message::UNKNOWN_TOKEN, "a character that no value begins with"},
      {Message::UNKNOWN_ANCHOR, "an alias of nothing"},
      {Message::DOC_IN_SCALAR, "a quote without its end"},
      {Message::INVALID_ESCAPE, "an unknown escape after a backslash"},
      {Message::INVALID_HEX, "an escape that is no hexadecimal number"},
      {Message::INVALID_UNICODE, "an escape that is no character of Unicode"}};
  for (const auto& [theirs, ours] : kReasons) {
    if (error.msg.starts_with(theirs)) return std::string(" (") + ours + ")";
  }
  return "";
}

}  // namespace

Node read_yaml(std::string_view text, const Position& start, Problems& problems) {
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(text, start, problems);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    // By byte: at the end of the text the library's own line and column are off.
    const std::size_t offset = std::min(static_cast<std::size_t>(error.mark.pos), text.size());
    const Position place = position_at(text, offset);
    problems.fail({builder.position(place.line - 1, place.column - 1), "config", "is not valid YAML" + reason_of(error),
                   "well-formed YAML", rest_of_line(text, offset)});
  }
  return builder.take();
}

}  // namespace seedscape
