#pragma once
// An analysis small enough for hand calculation: four scales, four seeds, two lengths.

#include "seedscape/analysis/analyze.h"
#include "seedscape/report/report.h"
#include "support/test.h"

namespace seedscape {

inline ScaleScores four_seeds(const Value& value, std::vector<double> scores) {
  return {.value = value, .parameters = 1000, .diverged = 0, .seeds = {0, 1, 2, 3}, .scores = std::move(scores)};
}

/// Seed 0 jumps from 0 to 1 between the first scales, seed 1 rises in even steps, seed 2 fails, seed 3
/// comes late.
inline ScoreTable sample_table(const Value& first = 1) {
  ScoreTable table;
  table.settings.success_threshold = 0.5;
  table.settings.length = 24;
  table.settings.bins = 4;
  table.settings.resamples = 100;
  table.source = {.planned = 16, .done = 16};
  const ViewScores main{"exact_match",
                        24,
                        true,
                        {four_seeds(first, {0, 0, 0, 0}), four_seeds(2, {1, 0.4, 0, 0.1}),
                         four_seeds(4, {1, 0.8, 0, 1}), four_seeds(8, {1, 1, 0, 1})}};
  const ViewScores trained{"exact_match",
                           8,
                           true,
                           {four_seeds(first, {1, 1, 0.9, 1}), four_seeds(2, {1, 1, 1, 1}), four_seeds(4, {1, 1, 1, 1}),
                            four_seeds(8, {1, 1, 1, 1})}};
  const ViewScores least{"min_prob",
                         24,
                         true,
                         {four_seeds(first, {0, 0.1, 0.1, 0}), four_seeds(2, {0.9, 0.4, 0, 0.1}),
                          four_seeds(4, {0.9, 0.7, 0, 0.9}), four_seeds(8, {0.9, 0.9, 0, 0.9})}};
  table.axes = {{.key = "model.depth", .with = {{"model.width", 32}}, .views = {main, trained, least}}};
  return table;
}

inline nlohmann::json sample_config() {
  return {{"task", {{"train_length", {1, 8}}}}, {"model", {{"width", 32}, {"depth", 0}}}};
}

/// The analysis of a table without the statistics that an analysis may lack: tests add those that they are about.
inline nlohmann::ordered_json plain_analysis(const ScoreTable& table) {
  nlohmann::ordered_json analysis = analyze(table);
  for (auto& axis : analysis["axes"]) {
    for (auto& view : axis["views"]) {
      for (const char* const name : {"chance", "modality_onset", "mode_jump", "seeds_needed", "forecast"})
        view.erase(name);
      for (auto& scale : view["scales"]) {
        for (const char* const name : {"modality", "thresholds", "learnt"}) scale.erase(name);
        scale["w2_to_largest"].erase("noise_floor");
      }
    }
  }
  return analysis;
}

inline ReportSource sample_source(const Value& first = 1) {
  return {.name = "sample", .analysis = plain_analysis(sample_table(first)), .config = sample_config()};
}

inline const Figure& find_figure(const std::vector<Section>& sections, std::string_view id) {
  for (const Section& section : sections) {
    for (const Figure& figure : section.figures) {
      if (figure.id == id) return figure;
    }
  }
  FAIL("no figure " << id);
  throw 0;
}

inline std::vector<std::string> figure_ids(const std::vector<Section>& sections) {
  std::vector<std::string> ids;
  for (const Section& section : sections) {
    for (const Figure& figure : section.figures) ids.push_back(figure.id);
  }
  return ids;
}

}  // namespace seedscape
