#include "seedscape/store/results_csv.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "seedscape/base/number.h"

namespace seedscape {

namespace {

constexpr std::array<std::string_view, 3> kKeysWithColumn{"task.kind", "model.width", "model.depth"};

/// The fields of a row that change from row to row of one run.
struct Score {
  std::string length, metric, value;
};

std::vector<std::string> extra_keys(const SweepConfig& config) {
  std::vector<std::string> keys;
  for (const AxisConfig& axis : config.axes) {
    if (std::ranges::find(kKeysWithColumn, axis.key) == kKeysWithColumn.end()) keys.push_back(axis.key);
  }
  return keys;
}

std::vector<Score> done_scores(const SeedRecord& record, const std::vector<std::int64_t>& lengths) {
  std::vector<Score> scores;
  for (const std::int64_t length : lengths) {
    const auto found = std::ranges::find(record.lengths, length, &LengthScores::length);
    if (found == record.lengths.end()) continue;
    for (const auto& [metric, value] : found->scores)
      scores.push_back({std::to_string(length), metric, shortest(value)});
  }
  scores.push_back({"", "train_loss", record.train_loss ? shortest(*record.train_loss) : ""});
  return scores;
}

std::vector<Score> diverged_scores(const std::vector<CellMetric>& metrics, const std::vector<std::int64_t>& lengths) {
  std::vector<Score> scores;
  for (const std::int64_t length : lengths) {
    for (const CellMetric& metric : metrics) {
      scores.push_back({std::to_string(length), metric.name, metric.bounded ? "0" : ""});
    }
  }
  scores.push_back({"", "train_loss", ""});
  return scores;
}

void append_row(std::string& text, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ',';
    text += csv_field(fields[i]);
  }
  text += '\n';
}

/// The columns that every sweep has.
std::vector<std::string> row_fields(const PlannedCell& planned, const PlannedRun& run, const SeedRecord& record,
                                    const Score& score) {
  const Cell& cell = planned.cell;
  return {run.run_id,
          cell.task.kind,
          std::to_string(cell.model.width),
          std::to_string(cell.model.depth),
          std::to_string(cell.model.width / cell.model.head_width),
          std::to_string(planned.parameters),
          std::to_string(run.seeds.init),
          std::to_string(run.seeds.data),
          std::to_string(run.seed),
          std::to_string(record.step),
          score.length,
          score.metric,
          score.value,
          to_string(record.status),
          std::to_string(record.attempt),
          shortest(record.wall_s),
          record.device};
}

std::string text_of(const Value& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

std::string csv_field(const std::string& text) {
  const bool is_formula =
      !text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos && !parse_real(text);
  if (!is_formula && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string results_csv(const Plan& plan, const std::vector<SeedRecord>& records, const CellMetrics& metrics) {
  std::map<std::string, std::map<std::int64_t, const SeedRecord*>> by_id;  // and by step
  for (const SeedRecord& record : records) by_id[record.run_id][record.step] = &record;
  std::vector<std::int64_t> lengths = plan.config.eval.lengths;
  std::ranges::sort(lengths);
  const std::vector<std::string> extra = extra_keys(plan.config);

  std::vector<std::string> header{"run_id",    "task",      "width",   "depth",  "heads",  "params",
                                  "init_seed", "data_seed", "seed",    "step",   "length", "metric",
                                  "value",     "status",    "attempt", "wall_s", "device"};
  header.insert(header.end(), extra.begin(), extra.end());
  std::string text;
  append_row(text, header);
  for (const PlannedCell& planned : plan.cells) {
    std::vector<std::string> axis_values;
    axis_values.reserve(extra.size());
    for (const std::string& key : extra) axis_values.push_back(text_of(cell_value(planned.cell, key)));
    for (const PlannedRun& run : planned.runs) {
      const auto found = by_id.find(run.run_id);
      if (found == by_id.end()) continue;
      for (const auto& [step, record] : found->second) {
        std::vector<Score> scores{{"", "", ""}};
        if (record->status == RunStatus::done) scores = done_scores(*record, lengths);
        if (record->status == RunStatus::diverged) scores = diverged_scores(metrics(planned.cell), lengths);
        for (const Score& score : scores) {
          std::vector<std::string> fields = row_fields(planned, run, *record, score);
          fields.insert(fields.end(), axis_values.begin(), axis_values.end());
          append_row(text, fields);
        }
      }
    }
  }
  return text;
}

}  // namespace seedscape
