// The report as one page.

#include "assets.h"
#include "escape.h"
#include "seedscape/report/report.h"
#include "table.h"

namespace seedscape {

namespace {

/// What the page may do: run its own two scripts, use its own style, nothing else. Vega sets styles on its elements.
std::string content_policy() {
  return "default-src 'none'; script-src " + policy_hash(assets::vega()) + " " + policy_hash(assets::page_script()) +
         "; style-src " + policy_hash(assets::page_style()) + "; base-uri 'none'; form-action 'none'";
}

std::string head(const std::string& title) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
         "http-equiv=\"Content-Security-Policy\" content=\"" +
         content_policy() + "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         html_text(title) + "</title>\n<style>" + std::string(assets::page_style()) + "</style>\n</head>\n";
}

std::string counts_list(const Json& source) {
  std::string html = "<ul class=\"counts\">";
  for (const auto& [name, count] : source.items())
    html += "<li><b>" + html_text(count.dump()) + "</b> " + html_text(name) + "</li>";
  return html + "</ul>\n";
}

std::string contents(const std::vector<Section>& sections) {
  std::string html = "<nav>";
  for (const Section& section : sections) {
    html += "<b>" + html_text(section.title) + "</b>\n<ul>";
    for (const Figure& figure : section.figures)
      html += "<li><a href=\"#" + figure.id + "\">" + html_text(figure.title) + "</a></li>\n";
    html += "</ul>\n";
  }
  return html + "<a href=\"#provenance\">What this was made from</a></nav>\n";
}

std::string figure_html(const Figure& figure) {
  std::string html = "<figure id=\"" + figure.id + "\">\n<figcaption><h3>" + html_text(figure.title) + "</h3>\n<p>" +
                     html_text(figure.text) + "</p></figcaption>\n";
  const std::string csv =
      "<a download=\"" + figure.id + ".csv\" href=\"" + data_address("text/csv", csv_text(figure.rows)) + "\">CSV</a>";
  const std::string table = "<div class=\"scroll\">" + html_table(figure.rows) + "</div>";
  if (figure.spec.is_null()) return html + table + "<div class=\"more\">" + csv + "</div>\n</figure>\n";
  html += "<div class=\"plot\"></div>\n<div class=\"more\">" + csv + " <a class=\"svg\" href=\"#" + figure.id +
          "\">SVG</a>\n<details><summary>Data";
  if (figure.rows.size() > kMostTableRows)
    html += ": the first " + std::to_string(kMostTableRows) + " of " + std::to_string(figure.rows.size()) + " rows";
  return html + "</summary>" + table + "</details></div>\n</figure>\n";
}

void add_keys(const Json& json, const std::string& prefix, Json& rows) {
  for (const auto& [key, value] : json.items()) {
    if (value.is_object()) {
      add_keys(value, prefix + key + ".", rows);
    } else {
      rows.push_back({{"key", prefix + key}, {"value", value_text(value)}});
    }
  }
}

std::string details(const std::string& title, const Json& object) {
  Json rows = Json::array();
  add_keys(object, "", rows);
  return "<details><summary>" + html_text(title) + "</summary><div class=\"scroll\">" + html_table(rows, "text") +
         "</div></details>\n";
}

std::string provenance(const ReportSource& source) {
  const Json& analysis = source.analysis;
  std::string html = "<h2 id=\"provenance\">What this was made from</h2>\n<p>" +
                     html_text(analysis["program"]["name"].get<std::string>() + " " +
                               analysis["program"]["version"].get<std::string>()) +
                     "; every number here is in analysis.json and results.csv beside this page.</p>\n";
  if (!source.config.is_null()) html += details("Config, resolved", Json(source.config));
  for (const nlohmann::json& made_with : source.made_with) html += details("Runs were made with", Json(made_with));
  html += details("Settings and formulas", analysis["settings"]);
  return html;
}

Json specs_of(const std::vector<Section>& sections) {
  Json specs = Json::object();
  for (const Section& section : sections) {
    for (const Figure& figure : section.figures) {
      if (!figure.spec.is_null()) specs[figure.id] = figure.spec;
    }
  }
  return specs;
}

}  // namespace

std::string report_html(const ReportSource& source, const std::vector<Section>& sections) {
  std::string html = head(source.name);
  html += "<body>\n<header><h1>" + html_text(source.name) +
          "</h1>\n<p>What many seeds of the same training say: a report of seedscape.</p>\n" +
          counts_list(source.analysis["source"]) + "</header>\n";
  html +=
      "<noscript><p>The figures are drawn by the page's own script, which is switched off here. The tables and CSV "
      "files below hold their data.</p></noscript>\n";
  html += contents(sections);
  for (const Section& section : sections) {
    html += "<section>\n<h2>" + html_text(section.title) + "</h2>\n";
    for (const Figure& figure : section.figures) html += figure_html(figure);
    html += "</section>\n";
  }
  html += provenance(source);
  html +=
      "<footer>Drawn with Vega, Vega-Lite and Vega-Embed (BSD 3-Clause, University of Washington Interactive Data "
      "Lab), which this page contains. It loads nothing.</footer>\n";
  html += "<script type=\"application/json\" id=\"specs\">" + json_text(specs_of(sections)) + "</script>\n";
  html += "<script>" + std::string(assets::vega()) + "</script>\n<script>" + std::string(assets::page_script()) +
          "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace seedscape
