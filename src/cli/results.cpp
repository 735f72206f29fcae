#include "results.h"

#include <chrono>
#include <cstdio>
#include <future>

#include "seedscape/analysis/trajectories.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/file_reader.h"
#include "seedscape/config/load.h"
#include "seedscape/eval/scores.h"
#include "seedscape/store/paths.h"
#include "seedscape/tasks/task.h"

namespace seedscape {

namespace {

constexpr std::uint64_t kMostCsvBytes = std::uint64_t{1} << 30;

}  // namespace

std::filesystem::path result_folder(const SweepConfig& config, const Options& options) {
  return options.out.empty() ? std::filesystem::path("out") / config.name : options.out;
}

LoadedRecords load_results(const std::vector<std::filesystem::path>& dirs, LogKind kind) {
  return reported(load_records(dirs, kind));
}

LoadedRecords reported(LoadedRecords loaded) {
  const auto say = [](std::int64_t count, const char* what) {
    if (count > 0) std::fprintf(stderr, "%lld %s\n", static_cast<long long>(count), what);
  };
  say(loaded.torn_tails, "log(s) end in a line that was cut off; the run it was for is not counted as done");
  say(loaded.other_bits,
      "further result(s) of the same runs differ, made by other software or hardware; the first counts");
  const std::string differing = differing_members(loaded.fingerprints);
  if (!differing.empty()) {
    std::fprintf(stderr,
                 "the results come from different software or hardware, which need not give the same bits: %s\n",
                 differing.c_str());
  }
  return loaded;
}

std::string results_text(const Plan& plan, const std::vector<SeedRecord>& records) {
  return results_csv(plan, records, [](const Cell& cell) {
    std::vector<CellMetric> metrics;
    for (const std::string& name : metric_names(*make_task(cell.task))) metrics.push_back({name, is_bounded(name)});
    return metrics;
  });
}

ScoreTable score_table_of(const Plan& plan, const std::vector<SeedRecord>& records) {
  return score_table(plan, records, [&](const Cell& cell, std::int64_t length) {
    return make_task(cell.task)->test_size(length, {.sequences = plan.config.eval.sequences});
  });
}

ReportSource report_source(const Plan& plan, const LoadedRecords& results, const std::vector<SeedRecord>& curves,
                           nlohmann::ordered_json analysis) {
  nlohmann::ordered_json on_the_way = trajectories(plan, curves, analysis);
  return {.name = plan.config.name,
          .analysis = std::move(analysis),
          .trajectories = std::move(on_the_way),
          .config = to_json(plan.config),
          .made_with = results.fingerprints};
}

void publish_report(const ReportSource& source, const std::filesystem::path& dir) {
  const std::vector<Section> sections = report_sections(source);
  make_folder(paths::figure(dir, "").parent_path());
  for (const Section& section : sections) {
    for (const Figure& figure : section.figures) {
      if (!figure.spec.is_null()) publish(paths::figure(dir, figure.id), figure.spec.dump(1) + "\n");
    }
  }
  publish(paths::report(dir), report_html(source, sections));
}

nlohmann::ordered_json publish_results(const Plan& plan, const LoadedRecords& results,
                                       const std::filesystem::path& dir) {
  publish(paths::results_csv(dir), results_text(plan, results.records));
  const std::vector<SeedRecord> curves = load_records(dir, LogKind::curves).records;
  if (!curves.empty()) publish(paths::curves_csv(dir), results_text(plan, curves));
  nlohmann::ordered_json analysis = analyze_aloud(score_table_of(plan, results.records));
  publish(paths::analysis(dir), analysis.dump(1) + "\n");
  publish_report(report_source(plan, results, curves, analysis), dir);
  return analysis;
}

nlohmann::ordered_json analyze_aloud(const ScoreTable& table) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kPatience{2};
  Clock::time_point said = Clock::now();
  return analyze(table, [&](std::size_t done, std::size_t views) {
    if (Clock::now() - said < kPatience) return;
    said = Clock::now();
    std::fprintf(stderr, "analysing: %zu of %zu views (metric, test length, axis) done\n", done, views);
  });
}

ScoreTable read_score_table(const std::filesystem::path& source, const CsvColumns& columns,
                            const AnalysisConfig& settings) {
  if (!std::filesystem::is_directory(source)) {
    const std::string text = read_limited(source, kMostCsvBytes);
    if (columns.axis.empty()) throw Error(ErrorKind::usage, source.string() + ": a CSV needs --axis COLUMN");
    return read_scores_csv(text, source.string(), columns, settings);
  }
  auto records = std::async(std::launch::async, [&] { return load_records(source); });
  const Plan plan = read_plan(source);
  const LoadedRecords stored = reported(records.get());
  if (stored.records.empty()) throw Error(ErrorKind::corrupt, source.string() + ": no run is stored yet");
  return score_table_of(plan, stored.records);
}

void write_output(const std::filesystem::path& file, const std::string& text) {
  if (file != "-") return publish(file, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw Error(ErrorKind::io, "cannot write to standard output");
}

}  // namespace seedscape
