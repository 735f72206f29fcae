#include <regex>
#include <sstream>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

/// A browser, or "" where there is none.
std::string find_chromium() {
  for (const char* const name : {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"}) {
    if (std::filesystem::exists(name)) return name;
  }
  return "";
}

/// What a browser makes of a page: its elements after all scripts have run, and what it said on the way.
Answer open_page(const TempFolder& folder, const std::filesystem::path& page) {
  const std::string command = find_chromium() + " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage" +
                              " --user-data-dir='" + (folder / "profile").string() + "' --enable-logging=stderr --v=0" +
                              " --window-size=1200,900 --virtual-time-budget=60000 --dump-dom 'file://" +
                              page.string() + "' > '" + (folder / "dom").string() + "' 2> '" +
                              (folder / "said").string() + "'";
  const int status = std::system(command.c_str());
  return {WEXITSTATUS(status), read_text(folder / "dom"), read_text(folder / "said")};
}

/// What the page said to the browser's console, of which a page without faults says nothing.
std::string complaints(const Answer& page) {
  std::istringstream lines(page.err);
  std::string line, found;
  while (std::getline(lines, line)) {
    if (line.find("CONSOLE") != std::string::npos) found += line + "\n";
  }
  return found;
}

/// The drawn figure `id`: the text of its SVG element.
std::string drawing(const std::string& dom, const std::string& id) {
  const std::size_t figure = dom.find("<figure id=\"" + id + "\">"), end = dom.find("</figure>", figure);
  const std::size_t svg = dom.find("<svg", figure);
  return figure == std::string::npos || svg > end ? "" : dom.substr(svg, dom.find("</svg>", svg) - svg);
}

/// How many marks of a kind (bar, point, rule mark ...) a drawing has.
std::int64_t marks(const std::string& svg, const std::string& kind) {
  const std::string mark = "aria-roledescription=\"" + kind + "\"";
  std::int64_t count = 0;
  for (std::size_t at = svg.find(mark); at != std::string::npos; at = svg.find(mark, at + 1)) ++count;
  return count;
}

/// Every figure of the folder is drawn, and the browser said nothing.
void require_drawn(const Answer& page, const std::filesystem::path& figures) {
  CHECK(page.code == 0);
  CHECK(complaints(page) == "");
  std::int64_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(figures)) {
    const std::string file = entry.path().filename().string(), id = file.substr(0, file.find('.'));
    INFO(id);
    CHECK(drawing(page.out, id).size() > 1000);
    ++count;
  }
  CHECK(count > 5);
  CHECK(page.out.find("data-drawn=\"" + std::to_string(count) + "\"") != std::string::npos);
}

}  // namespace

TEST_CASE("report: run leaves one that report makes again byte by byte, also without a browser or network", "[cli]") {
  const TempFolder folder;
  const Answer run = seedscape::seedscape(folder, {"run", config_path("smoke.yaml")});
  REQUIRE(run.code == 0);
  CHECK(run.err.find("report: out/smoke/report.html") != std::string::npos);
  const std::string page = read_text(folder / "out/smoke/report.html");
  REQUIRE(seedscape::seedscape(folder, {"report", "out/smoke", "-o", "again.html"}).code == 0);
  CHECK(read_text(folder / "again.html") == page);
  const std::string histograms = read_text(folder / "out/smoke/figures/axis1-histograms.vl.json");
  CHECK(nlohmann::json::parse(histograms).at("datasets").at("rows").size() == 2 * 20);
  std::filesystem::remove_all(folder / "out/smoke/figures");
  std::filesystem::remove(folder / "out/smoke/report.html");
  REQUIRE(seedscape::seedscape(folder, {"report", "out/smoke"}).code == 0);
  CHECK(read_text(folder / "out/smoke/report.html") == page);
  CHECK(read_text(folder / "out/smoke/figures/axis1-histograms.vl.json") == histograms);
}

TEST_CASE("report: of scores made elsewhere", "[cli]") {
  const TempFolder folder;
  publish(folder / "scores.csv", "size,seed,score\n1,0,0\n1,1,0.2\n2,0,1\n2,1,0.4\n4,0,1\n4,1,0.8\n");
  CHECK(seedscape::seedscape(folder, {"report", "scores.csv", "--axis", "size", "--value", "score"}).code == 2);
  const Answer page =
      seedscape::seedscape(folder, {"report", "scores.csv", "--axis", "size", "--value", "score", "-o", "-"});
  CHECK(page.code == 0);
  CHECK(page.out.find("<h1>scores</h1>") != std::string::npos);
  CHECK(page.out.find("<figure id=\"axis1-seeds\">") != std::string::npos);
}

TEST_CASE("report: a folder without results is refused", "[cli]") {
  const TempFolder folder;
  CHECK(seedscape::seedscape(folder, {"report", "nothing"}).code == 2);
}

TEST_CASE("report: a browser draws every figure without a complaint, with as many marks as there are numbers",
          "[cli]") {
  if (find_chromium().empty()) {
    WARN("skipped: no Chromium");
    return;
  }
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--set", "eval.every=5", "--set",
                                        "axes=[{key: model.depth, values: [1, 2, 3]}]"})
              .code == 0);
  const Answer page = open_page(folder, folder / "out/smoke/report.html");
  require_drawn(page, folder / "out/smoke/figures");
  const auto drawn = [&](const char* id, const char* kind) { return marks(drawing(page.out, id), kind); };
  CHECK(drawn("axis1-histograms", "bar") == 3 * 20);
  CHECK(drawn("axis1-histograms", "rule mark") == 3);  // the threshold
  CHECK(drawn("axis1-min-prob", "bar") == 3 * 20);
  CHECK(drawn("axis1-summary", "point") == 3 * 3);  // no success, so no mean of successes
  CHECK(drawn("axis1-distance", "area mark") == 1);
  CHECK(drawn("axis1-seeds", "point") == 3 * (3 + 3));
  CHECK(drawn("axis1-seeds", "bar") == 2 * 20);  // before and after the jump
  CHECK(drawn("axis1-trajectories", "line mark") == 3 * 3);
  CHECK(drawn("axis1-breakthrough-time", "text mark") == 3 + 1);
}

TEST_CASE("report: in a browser, what comes from outside stays text", "[cli]") {
  if (find_chromium().empty()) {
    WARN("skipped: no Chromium");
    return;
  }
  const TempFolder folder;
  std::string scores = "</script><script>alert(1)</script>,seed,score\n";
  for (const char* const scale : {"<img src=x onerror=alert(2)>", "\"'\"\"\"", "${1}' + alert(3) + '"}) {
    for (const char* const rest : {",0,0.25\n", ",1,0.5\n", ",2,1\n"}) scores += std::string(scale) + rest;
  }
  publish(folder / "<b>.csv", scores);
  REQUIRE(seedscape::seedscape(folder, {"report", "<b>.csv", "--axis", "</script><script>alert(1)</script>", "--value",
                                        "score", "-o", "page.html"})
              .code == 0);
  const Answer page = open_page(folder, folder / "page.html");
  CHECK(complaints(page) == "");
  CHECK(page.out.find("<img src=x") == std::string::npos);
  CHECK(page.out.find("<b>.csv") == std::string::npos);
  const std::regex script("<script");
  CHECK(std::distance(std::sregex_iterator(page.out.begin(), page.out.end(), script), std::sregex_iterator()) == 3);
  CHECK(marks(drawing(page.out, "axis1-histograms"), "bar") == 3 * 20);
}

TEST_CASE("report: a sweep of known truth, with everything that a large one has", "[cli]") {
  if (find_chromium().empty()) {
    WARN("skipped: no Chromium");
    return;
  }
  const char* const given = std::getenv("SEEDSCAPE_PYTHON");  // a Python that has NumPy
  const std::string python = given != nullptr ? given : "python3";
  if (std::system((python + " -c 'import numpy' 2> /dev/null").c_str()) != 0) {
    WARN("skipped: no NumPy for " << python);
    return;
  }
  const TempFolder folder;
  const std::string command = python + " '" + SEEDSCAPE_SOURCE_DIR + "/scripts/simulate_sweep.py' '" +
                              (folder / "sweep").string() + "' --seeds 30 --curves 4 --program '" + SEEDSCAPE_PROGRAM +
                              "' > /dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  const Answer page = open_page(folder, folder / "sweep/report.html");
  require_drawn(page, folder / "sweep/figures");
  CHECK(page.out.find("<b>360</b> planned</li><li><b>358</b> done</li><li><b>2</b> diverged") != std::string::npos);
  CHECK(marks(drawing(page.out, "axis1-histograms"), "bar") == 8 * 20);
  CHECK(marks(drawing(page.out, "axis2-histograms"), "bar") == 5 * 20);
  CHECK(marks(drawing(page.out, "axis2-trajectories"), "line mark") == 5 * 30);
  CHECK(marks(drawing(page.out, "axis2-lengths"), "point") == 5 * 7);
  CHECK(drawing(page.out, "axis1-one-layer").empty());  // width at depth 4
  CHECK(drawing(page.out, "axis2-one-layer").size() > 1000);
}
