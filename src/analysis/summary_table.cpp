// The analysis as a table for a terminal of 80 columns.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "seedscape/analysis/analyze.h"
#include "seedscape/analysis/distribution.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kDrawnBins = 20;
constexpr std::size_t kValueColumns = 14;

/// Columns that UTF-8 text of single-width characters takes: its bytes but for continuation bytes.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// `text` at the right end of `width` columns; what does not fit is cut and marked.
std::string right(std::string text, std::size_t width) {
  if (columns(text) > width) {
    while (columns(text) > width - 3) text.pop_back();
    text += "...";
  }
  return std::string(width - columns(text), ' ') + text;
}

std::string text_of(const Json& value) {
  return printable(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string number_text(const Json& value) {
  if (value.is_null()) return "-";
  const double number = number_from_json(value);
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), std::abs(number) < 1000 ? "%.3f" : "%.2g", number);
  return buffer.data();
}

/// One block per bin, as high as the bin is full compared with the fullest; an empty bin is a space, no other is.
std::string bars(const Json& scale) {
  static constexpr std::array<const char*, 9> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<double> scores;
  for (const Json& score : scale["scores"]["value"]) scores.push_back(number_from_json(score));
  const double low = number_from_json(scale["histogram"]["edges"].front());
  const double high = number_from_json(scale["histogram"]["edges"].back());
  const auto edges = low == 0 && high == 1 ? unit_edges(kDrawnBins) : edges_between(low, high, kDrawnBins);
  const auto counts = histogram(scores, edges);
  const std::int64_t fullest = std::max<std::int64_t>(1, *std::max_element(counts.begin(), counts.end()));
  std::string line;
  for (const std::int64_t count : counts)
    line += kBlocks[static_cast<std::size_t>((count * 8 + fullest - 1) / fullest)];
  return line;
}

std::string heading(const Json& axis, const Json& view, const Json& settings) {
  std::string line = printable(axis["key"].get<std::string>());
  for (const auto& [key, value] : axis["with"].items()) line += ", " + printable(key) + " " + text_of(value);
  line += ": " + text_of(view["metric"]);
  if (!view["length"].is_null()) line += " at length " + text_of(view["length"]);
  const Json& scale = view["scales"].front();
  if (!scale["success"].is_null()) line += ", success >= " + text_of(settings["success_threshold"]);
  return line;
}

std::string row(const std::string& value, const std::string& n, const std::array<std::string, 4>& numbers,
                const std::string& drawing) {
  std::string line = right(value, kValueColumns) + right(n, 6);
  for (const std::string& number : numbers) line += right(number, 9);
  return line + "  " + drawing + "\n";
}

/// The least and the largest edge above the two ends of the bars.
std::string bars_heading(const Json& edges) {
  const std::string low = number_text(edges.front());
  return low + right(number_text(edges.back()), kDrawnBins - columns(low));
}

}  // namespace

std::string summary_table(const nlohmann::ordered_json& analysis) {
  std::string text;
  for (const Json& axis : analysis["axes"]) {
    const Json& view = axis["views"].front();
    text += heading(axis, view, analysis["settings"]) + "\n";
    text += row("value", "n", {"mode", "mean", "success", "W2"},
                bars_heading(view["scales"].front()["histogram"]["edges"]));
    for (const Json& scale : view["scales"]) {
      const Json success = scale["success"].is_null() ? Json() : scale["success"]["fraction"];
      text += row(text_of(scale["value"]), text_of(scale["n"]),
                  {number_text(scale["mode"]), number_text(scale["mean"]["value"]), number_text(success),
                   number_text(scale["w2_to_largest"]["value"])},
                  bars(scale));
    }
    text += "\n";
  }
  const Json& source = analysis["source"];
  if (source["done"] != source["planned"]) {
    text += "runs:";
    for (const auto& [key, count] : source.items()) text += " " + text_of(count) + " " + key + ",";
    text.back() = '\n';
  }
  return text;
}

}  // namespace seedscape
