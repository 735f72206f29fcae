// A page with figures and tables, of a result folder or of scores made elsewhere.

#include "seedscape/report/report.h"

#include "commands.h"
#include "results.h"

namespace seedscape {

namespace {

ReportSource source_of(const std::filesystem::path& from, const Options& options) {
  AnalysisConfig settings;
  settings.success_threshold = options.threshold.value_or(kDefaultThreshold);
  nlohmann::ordered_json analysis = analyze_aloud(read_score_table(from, options.csv, settings));
  if (!std::filesystem::is_directory(from)) return {.name = from.stem().string(), .analysis = std::move(analysis)};
  return report_source(read_plan(from), load_records(from), load_records(from, LogKind::curves).records,
                       std::move(analysis));
}

}  // namespace

ExitCode report_command(const Options& options) {
  const std::filesystem::path& from = options.folders.at(0);
  if (options.output.empty() && !std::filesystem::is_directory(from))
    throw Error(ErrorKind::usage, from.string() + ": no result folder, so -o FILE is needed");
  const ReportSource source = source_of(from, options);
  if (options.output.empty()) {
    publish_report(source, from);
  } else {
    write_output(options.output, report_html(source, report_sections(source)));
  }
  return ExitCode::ok;
}

}  // namespace seedscape
