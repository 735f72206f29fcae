#include "table.h"

#include <array>
#include <cstdio>

#include "escape.h"
#include "seedscape/base/number.h"

namespace seedscape {

namespace {

constexpr std::size_t kLongText = 32;  // bytes; longer ones may take several lines

/// Four significant digits: enough to read.
std::string cell_text(const Json& value) {
  if (value.is_null()) return "";
  if (!value.is_number_float()) return value_text(value);
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g", value.get<double>());
  return buffer.data();
}

std::string csv_field(const Json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value_text(value);
  const auto text = value.get<std::string>();
  const bool is_formula = !text.empty() && std::string("=+-@").find(text[0]) != std::string::npos;
  if (!is_formula && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string html_table(const Json& rows, const std::string& css_class) {
  if (rows.empty()) return "";
  std::string html = "<table" + (css_class.empty() ? "" : " class=\"" + css_class + "\"") + "><thead><tr>";
  for (const auto& [key, value] : rows.front().items()) html += "<th>" + html_text(key) + "</th>";
  html += "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kMostTableRows); ++i) {
    html += "<tr>";
    for (const auto& [key, value] : rows[i].items()) {
      const std::string text = cell_text(value);
      html += (text.size() > kLongText ? "<td class=\"long\">" : "<td>") + html_text(text) + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string csv_text(const Json& rows) {
  std::string csv;
  if (rows.empty()) return csv;
  for (const auto& [key, value] : rows.front().items()) csv += (csv.empty() ? "" : ",") + csv_field(Json(key));
  csv += '\n';
  for (const Json& row : rows) {
    std::string line;
    bool is_first = true;
    for (const auto& [key, value] : row.items()) {
      line += (is_first ? "" : ",") + csv_field(value);
      is_first = false;
    }
    csv += line + '\n';
  }
  return csv;
}

}  // namespace seedscape
