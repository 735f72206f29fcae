#pragma once
// What a sweep says, for people: figures as Vega-Lite specifications, and a page that shows them.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace seedscape {

/// What a report is made from.
struct ReportSource {
  std::string name;                         // of the sweep
  nlohmann::ordered_json analysis;          // of analyze()
  nlohmann::ordered_json trajectories{};    // of trajectories(); null where nothing was evaluated on the way
  nlohmann::json config{};                  // resolved; null for scores made elsewhere
  std::vector<nlohmann::json> made_with{};  // the different fingerprints of the records
};

/// A figure, or a table where `spec` is null.
struct Figure {
  std::string id;  // unique, of a-z 0-9 -, also a file name
  std::string title;
  std::string text;               // what one sees in these data
  nlohmann::ordered_json rows;    // list of flat objects, all with the keys of the first
  nlohmann::ordered_json spec{};  // Vega-Lite, with `rows` inside
};

/// Figures that belong together: those of one axis.
struct Section {
  std::string title;
  std::vector<Figure> figures;
};

/// Everything that the data allow: a figure whose statistics are null or absent is left out. Equal sources give equal
/// sections.
std::vector<Section> report_sections(const ReportSource& source);

/// One page for a browser that needs nothing but itself. Equal sources give equal bytes.
///
/// Everything from outside is escaped, and the page's policy lets no script run but its own two, known by their
/// hashes, and nothing be loaded.
std::string report_html(const ReportSource& source, const std::vector<Section>& sections);

}  // namespace seedscape
