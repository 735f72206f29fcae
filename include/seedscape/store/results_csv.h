#pragma once
// results.csv: one row per (run, test length, metric), the tidy form of all records; curves.csv: the same per step.

#include <functional>
#include <string>
#include <vector>

#include "seedscape/store/plan_file.h"
#include "seedscape/store/record.h"

namespace seedscape {

/// A metric that the task of a cell has, and whether it lies in [0, 1].
struct CellMetric {
  std::string name;
  bool bounded = true;
};
using CellMetrics = std::function<std::vector<CellMetric>(const Cell&)>;

/// Text of results.csv for the records that belong to the plan, sorted by cell in plan order, seed, step, length,
/// metric (train_loss with its empty length last). Equal plans and records give equal bytes, whatever the order of the
/// records.
///
/// A done run has the rows of its planned lengths; a diverged one the same rows of `metrics`, 0 for bounded ones and
/// empty otherwise; a failed one a single row without length, metric and value. After `device` comes one column per
/// axis key that has none yet; a list value stands in it as JSON.
///
/// Requires: at most one record per run id, or, for curves.csv, per run id and step
std::string results_csv(const Plan& plan, const std::vector<SeedRecord>& records, const CellMetrics& metrics);

/// One RFC 4180 field: quoted if it needs to be; a text that starts with = + - @ and is no number is quoted too,
/// against spreadsheets that would take it for a formula.
std::string csv_field(const std::string& text);

}  // namespace seedscape
