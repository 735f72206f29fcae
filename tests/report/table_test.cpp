#include "report/table.h"

#include "support/test.h"

using namespace seedscape;

TEST_CASE("table: four digits to read, a gap for null, everything escaped", "[report]") {
  const Json rows{{{"<key>", "a<b"}, {"x", 0.123456}}, {{"<key>", 7}, {"x", nullptr}}};
  CHECK(html_table(rows) ==
        "<table><thead><tr><th>&lt;key&gt;</th><th>x</th></tr></thead><tbody>\n"
        "<tr><td>a&lt;b</td><td>0.1235</td></tr>\n<tr><td>7</td><td></td></tr>\n</tbody></table>\n");
  CHECK(html_table(Json::array()).empty());
}

TEST_CASE("table: shows the first rows of many", "[report]") {
  Json rows = Json::array();
  for (std::size_t i = 0; i <= kMostTableRows; ++i) rows.push_back({{"row", i}});
  const std::string html = html_table(rows);
  CHECK(html.find("<td>199</td>") != std::string::npos);
  CHECK(html.find("<td>200</td>") == std::string::npos);
  CHECK(csv_text(rows).find("\n200\n") != std::string::npos);
}

TEST_CASE("table: CSV keeps every digit, quotes what needs it and what a spreadsheet would compute", "[report]") {
  const Json rows{{{"name", "a,\"b\""}, {"x", 0.1234567890123}, {"y", -1}},
                  {{"name", "=1+1"}, {"x", nullptr}, {"y", 2}}};
  CHECK(csv_text(rows) == "name,x,y\n\"a,\"\"b\"\"\",0.1234567890123,-1\n\"=1+1\",,2\n");
}
