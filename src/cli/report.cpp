// A page with figures and tables, of a result folder or of scores made elsewhere.

#include "seedscape/report/report.h"

#include "commands.h"
#include "results.h"

namespace seedscape {

namespace {

ReportSource source_of_folder(const std::filesystem::path& dir) {
  const Plan plan = read_plan(dir);
  const LoadedRecords results = load_results({dir});
  if (results.records.empty()) throw Error(ErrorKind::corrupt, dir.string() + ": no run is stored yet");
  return report_source(plan, results, load_records(dir, LogKind::curves).records,
                       analyze_aloud(score_table_of(plan, results.records)));
}

ReportSource source_of_csv(const std::filesystem::path& file, const Options& options) {
  AnalysisConfig settings;
  settings.success_threshold = options.threshold.value_or(kDefaultThreshold);
  return {.name = file.stem().string(), .analysis = analyze_aloud(read_score_table(file, options.csv, settings))};
}

}  // namespace

ExitCode report_command(const Options& options) {
  const std::filesystem::path& from = options.folders.at(0);
  const bool is_folder = std::filesystem::is_directory(from);
  if (!is_folder && options.output.empty()) throw Error(ErrorKind::usage, "report of a CSV needs -o FILE");
  const ReportSource source = is_folder ? source_of_folder(from) : source_of_csv(from, options);
  if (options.output.empty()) {
    publish_report(source, from);
  } else {
    write_output(options.output, report_html(source, report_sections(source)));
  }
  return ExitCode::ok;
}

}  // namespace seedscape
