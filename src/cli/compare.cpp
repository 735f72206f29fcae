// Two sources of scores side by side: result folders, CSV files, or one of each.

#include "seedscape/analysis/compare.h"

#include <algorithm>
#include <cstdio>

#include "commands.h"
#include "results.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"
#include "text_table.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;

/// What is compared, and how: as the config of the first result folder has it, but for what the options say. Of two
/// CSVs without --length any length is taken: -1.
AnalysisConfig comparison_settings(const Options& options) {
  AnalysisConfig settings{.metric = "", .length = -1};
  settings.success_threshold = kDefaultThreshold;
  for (const std::filesystem::path& source : options.folders) {
    if (!std::filesystem::is_directory(source)) continue;
    settings = read_plan(source).config.analysis;
    break;
  }
  if (!options.csv.metric.empty()) settings.metric = options.csv.metric;
  if (options.csv.length) settings.length = *options.csv.length;
  if (settings.metric == "train_loss") settings.length = -1;  // it belongs to no length
  if (options.threshold) settings.success_threshold = *options.threshold;
  return settings;
}

ScoreTable read_side(const std::filesystem::path& source, const AnalysisConfig& settings, const Options& options) {
  CsvColumns columns = options.csv;
  columns.metric = settings.metric;
  if (settings.length >= 0) columns.length = settings.length;
  ScoreTable table = read_score_table(source, columns, settings);
  table.settings = settings;
  return table;
}

std::string text(const char* format, const Json& value) {
  if (value.is_null()) return "-";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value.get<double>());
  return buffer;
}

std::string p_text(const Json& p) { return text(p.get<double>() < 0.001 ? "%.1e" : "%.3f", p); }

std::string axis_table(const Json& axis, const Json& settings) {
  std::string heading = axis["key"].get<std::string>() + ": " + axis["metric"].get<std::string>();
  if (!axis["length"].is_null()) heading += " at length " + axis["length"].dump();
  const auto has_success = [](const Json& cell) { return !cell["success_difference"].is_null(); };
  if (std::ranges::any_of(axis["cells"], has_success))
    heading += ", success >= " + settings["success_threshold"].dump();
  std::vector<std::vector<std::string>> rows{
      {"value", "n A", "n B", "mean A", "mean B", "success A", "success B", "A - B", "interval", "D", "p"}};
  for (const Json& cell : axis["cells"]) {
    const Json &a = cell["a"], &b = cell["b"], &difference = cell["success_difference"], &ks = cell["ks"];
    const auto success = [](const Json& side) {
      return side["success"].is_null() ? "-" : text("%.3f", side["success"]["fraction"]);
    };
    const bool has_difference = !difference.is_null(), has_test = !ks.is_null();
    rows.push_back(
        {cell["value"].is_string() ? printable(cell["value"].get<std::string>()) : cell["value"].dump(), a["n"].dump(),
         b["n"].dump(), text("%.3f", a["mean"]), text("%.3f", b["mean"]), success(a), success(b),
         has_difference ? text("%+.3f", difference["value"]) : "-",
         has_difference ? text("%+.3f", difference["low"]) + " to " + text("%+.3f", difference["high"]) : "-",
         has_test ? text("%.3f", ks["statistic"]) : "-", has_test ? p_text(ks["p"]) : "-"});
  }
  return printable(heading) + "\n" + text_table(rows) + "\n";
}

}  // namespace

ExitCode compare_command(const Options& options) {
  const AnalysisConfig settings = comparison_settings(options);
  const auto &source_a = options.folders.at(0), &source_b = options.folders.at(1);
  Json result{{"a", source_a.string()}, {"b", source_b.string()}};
  result.update(compare(read_side(source_a, settings, options), read_side(source_b, settings, options)));
  if (options.json) {
    write_output("-", result.dump(1) + "\n");
    return ExitCode::ok;
  }
  std::string out = "A " + printable(source_a.string()) + ", B " + printable(source_b.string()) + "\n\n";
  for (const Json& axis : result["axes"]) out += axis_table(axis, result["settings"]);
  out += "A - B: difference of the success fractions with its " + shortest(100 * settings.level) +
         " % interval; D, p: two-sample Kolmogorov-Smirnov\n";
  write_output("-", out);
  return ExitCode::ok;
}

}  // namespace seedscape
