#include <regex>

#include "report/escape.h"
#include "report/sample_analysis.h"

using namespace seedscape;
using Json = nlohmann::ordered_json;

namespace {

std::string page_of(const ReportSource& source) { return report_html(source, report_sections(source)); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

/// What stands between `begin` and the next `end`, from `from` on.
std::string between(const std::string& text, const std::string& begin, const std::string& end, std::size_t from = 0) {
  const std::size_t start = text.find(begin, from) + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

}  // namespace

TEST_CASE("page: equal sources give equal bytes", "[report]") {
  CHECK(page_of(sample_source()) == page_of(sample_source()));
  CHECK(page_of(sample_source()) != page_of(sample_source(3)));
}

TEST_CASE("page: its policy allows nothing but its own scripts and style, by their hashes", "[report]") {
  const std::string page = page_of(sample_source());
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\">");
  const std::string style = between(page, "<style>", "</style>");
  const std::size_t first = page.find("<script>"), second = page.find("<script>", first + 1);
  const std::string vega = between(page, "<script>", "</script>", first),
                    own = between(page, "<script>", "</script>", second);
  CHECK(policy == "default-src 'none'; script-src " + policy_hash(vega) + " " + policy_hash(own) + "; style-src " +
                      policy_hash(style) + "; base-uri 'none'; form-action 'none'");
  CHECK(vega.find("window.vegaEmbed=") != std::string::npos);
  CHECK(own.find("ast: true") != std::string::npos);
  CHECK(count(page, "<script") == 3);
  CHECK(count(page, "</script") == 3);
  for (const char* const loads : {" src=", "<link", "@import", "url("}) CHECK(count(page.substr(0, first), loads) == 0);
}

TEST_CASE("page: names, axis values and devices from outside are text, not markup", "[report]") {
  const std::string evil = "</script><script>alert(1)</script>'\"&";
  ScoreTable table = sample_table(evil);
  table.axes[0].key = evil;
  table.axes[0].with = {{"model.width", evil}};
  const ReportSource source{
      .name = evil, .analysis = analyze(table), .config = {{"name", evil}}, .made_with = {{{"device", evil}}}};
  const std::string page = page_of(source);
  CHECK(count(page, "<script") == 3);
  CHECK(count(page, "</script") == 3);
  CHECK(count(page, "alert(1)") > 4);
  CHECK(page.find("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&quot;&amp;</h1>") != std::string::npos);
}

TEST_CASE("page: every figure has a place, its data as a table and a CSV, and its specification", "[report]") {
  const ReportSource source = sample_source();
  const auto sections = report_sections(source);
  const std::string page = report_html(source, sections);
  const Json specs = Json::parse(between(page, "id=\"specs\">", "</script>"));
  std::size_t drawn = 0;
  for (const Figure& figure : sections[0].figures) {
    INFO(figure.id);
    const std::size_t at = page.find("<figure id=\"" + figure.id + "\">");
    REQUIRE(at != std::string::npos);
    const std::string html = page.substr(at, page.find("</figure>", at) - at);
    CHECK(html.find("<table>") != std::string::npos);
    CHECK(html.find("download=\"" + figure.id + ".csv\" href=\"data:text/csv;charset=utf-8,") != std::string::npos);
    CHECK(html.find(html_text(figure.text)) != std::string::npos);
    CHECK((html.find("class=\"plot\"") != std::string::npos) == !figure.spec.is_null());
    if (figure.spec.is_null()) continue;
    CHECK(specs[figure.id] == figure.spec);
    ++drawn;
  }
  CHECK(specs.size() == drawn);
}

TEST_CASE("page: says how many runs there are, and what they were made with", "[report]") {
  ReportSource source = sample_source();
  source.analysis["source"] = {{"planned", 12}, {"done", 9}, {"diverged", 1}, {"failed", 0}, {"pending", 2}};
  source.made_with = {{{"libtorch", "2.11.0"}}};
  const std::string page = page_of(source);
  CHECK(page.find("<b>9</b> done</li><li><b>1</b> diverged</li><li><b>0</b> failed</li><li><b>2</b> pending") !=
        std::string::npos);
  CHECK(page.find("<td>libtorch</td><td>2.11.0</td>") != std::string::npos);
  CHECK(page.find("<td>task.train_length</td><td>[1,8]</td>") != std::string::npos);
}
