// What a config's bytes must be before any parser sees them.

#include <algorithm>

#include "readers.h"
#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

[[noreturn]] void too_large(std::uintmax_t bytes, Problems& problems) {
  problems.fail({{}, "config", "is too large", "at most 1048576 bytes", std::to_string(bytes)});
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// YAML and JSON allow none but these three; yaml-cpp moreover takes 0x04 for the end of the file.
bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

void check_characters(std::string_view text, Problems& problems) {
  const auto starts = [&](std::string_view mark) { return text.substr(0, mark.size()) == mark; };
  if (starts("\xEF\xBB\xBF") || starts("\xFE\xFF") || starts("\xFF\xFE")) {
    problems.fail(
        {{}, "config", "starts with a byte order mark", "UTF-8 without one", std::string(text.substr(0, 2)) + "..."});
  }
  const auto control = std::find_if(text.begin(), text.end(), is_control);
  if (control != text.end()) {
    const auto offset = static_cast<std::size_t>(control - text.begin());
    problems.fail({position_at(text, offset), "config",
                   *control == '\0' ? "holds a NUL byte" : "holds a control character", "text",
                   std::string(1, *control)});
  }
  if (is_utf8(text)) return;
  std::size_t line_start = 0;
  while (is_utf8(text.substr(line_start, text.find('\n', line_start) - line_start))) {
    line_start = text.find('\n', line_start) + 1;
  }
  problems.fail({position_at(text, line_start), "config", "is not UTF-8", "UTF-8", rest_of_line(text, line_start)});
}

void check_yaml_layout(std::string_view text, Problems& problems) {
  for (std::size_t start = 0; start < text.size(); start = text.find('\n', start) + 1) {
    const std::size_t first = text.find_first_not_of(' ', start);
    if (first < text.size() && text[first] == '\t') {
      problems.fail({position_at(text, first), "config", "is indented with a tab", "spaces", "a tab"});
    }
    if (text.find('\n', start) == std::string_view::npos) break;
  }
  if (text.back() != '\n') {
    problems.fail({position_at(text, text.size()), "config", "is cut off", "a newline at the end of the file",
                   rest_of_line(text, text.size() - 1)});
  }
}

bool is_json(std::string_view text, const std::string& source_name) {
  const std::string extension = std::filesystem::path(source_name).extension();
  if (extension == ".json") return true;
  if (extension == ".yaml" || extension == ".yml") return false;
  return *std::find_if_not(text.begin(), text.end(), is_space) == '{';
}

}  // namespace

Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          .column = static_cast<int>(before.size() - line_start) + 1};
}

std::string rest_of_line(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return "the end of the file";
  const std::string_view rest = text.substr(offset, text.find_first_of("\r\n", offset) - offset);
  return rest.empty() ? "the end of the line" : std::string(rest);
}

std::string read_config_file(const std::filesystem::path& file, Problems& problems) {
  const auto fail = [&](const std::string& what, const std::string& got) {
    problems.fail({{}, "config", what, "a YAML or JSON file", got});
  };
  // Looked at before it is opened: opening a FIFO would wait for a writer.
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) fail("does not exist", "nothing");
  if (error) fail("cannot be looked at", error.message());
  if (is_directory(status)) fail("is a directory", "a directory");
  if (!is_regular_file(status)) fail("is not a regular file", "a pipe, socket or device");
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (!error && bytes > kMostBytes) too_large(bytes, problems);
  try {
    return read_text(file);
  } catch (const Error& unreadable) {
    problems.fail({{}, "config", "cannot be read", "a YAML or JSON file", unreadable.what()});
  }
}

Node read_config_text(std::string_view text, Problems& problems) {
  if (text.size() > kMostBytes) too_large(text.size(), problems);
  check_characters(text, problems);
  if (std::all_of(text.begin(), text.end(), is_space)) {
    problems.fail({{}, "config", "is empty", "a map of keys", "nothing"});
  }
  Node root;
  if (is_json(text, problems.source_name())) {
    root = read_json(text, problems);
  } else {
    check_yaml_layout(text, problems);
    root = read_yaml(text, {}, problems);
  }
  if (root.kind == Node::Kind::null) problems.fail({{}, "config", "holds no keys", "a map of keys", "nothing"});
  if (root.kind != Node::Kind::map) problems.fail({root.at, "config", "is not a map", "a map of keys", shown(root)});
  return root;
}

}  // namespace seedscape
