#pragma once
// What several commands do with a plan and its records.

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "seedscape/report/report.h"
#include "seedscape/store/plan_file.h"
#include "seedscape/store/record.h"
#include "seedscape/store/result_store.h"
#include "seedscape/store/results_csv.h"
#include "seedscape/sweep/plan.h"

namespace seedscape {

/// --out, or out/<name>.
std::filesystem::path result_folder(const SweepConfig& config, const Options& options);

/// The records of result folders; standard error says what was left out, and why.
LoadedRecords load_results(const std::vector<std::filesystem::path>& dirs, LogKind kind = LogKind::runs);

/// The same records, after standard error has said it.
LoadedRecords reported(LoadedRecords loaded);

/// results.csv of a plan; the metrics of each cell are those of its task.
std::string results_text(const Plan& plan, const std::vector<SeedRecord>& records);

/// Writes results.csv, analysis.json, report.html, its figures and, where there are curves, curves.csv; returns the
/// analysis.
nlohmann::ordered_json publish_results(const Plan& plan, const LoadedRecords& results,
                                       const std::filesystem::path& dir);

/// The scores of a plan's records, with the sizes of the test sets, which only tasks know.
ScoreTable score_table_of(const Plan& plan, const std::vector<SeedRecord>& records);

/// All statistics of a table; standard error says how far they are if they take long.
nlohmann::ordered_json analyze_aloud(const ScoreTable& table);

/// What the report of a result folder is made from.
ReportSource report_source(const Plan& plan, const LoadedRecords& results, const std::vector<SeedRecord>& curves,
                           nlohmann::ordered_json analysis);

/// Writes report.html and figures/*.vl.json.
void publish_report(const ReportSource& source, const std::filesystem::path& dir);

/// The scores of a result folder, with the settings of its own config, or of a CSV file with `settings`.
///
/// Throws: Error(usage) if a CSV comes without the name of its axis column, or lacks a column; Error(corrupt) for a
///         folder without results
ScoreTable read_score_table(const std::filesystem::path& source, const CsvColumns& columns,
                            const AnalysisConfig& settings);

/// Writes `text` to a file in one step, or to standard output if the file is "-".
void write_output(const std::filesystem::path& file, const std::string& text);

}  // namespace seedscape
