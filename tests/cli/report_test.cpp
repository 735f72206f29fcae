#include <regex>

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

/// The drawn figure `id`: the text of its SVG element.
std::string drawing(const std::string& dom, const std::string& id) {
  const std::size_t figure = dom.find("<figure id=\"" + id + "\">"), end = dom.find("</figure>", figure);
  const std::size_t svg = dom.find("<svg", figure);
  return figure == std::string::npos || svg > end ? "" : dom.substr(svg, dom.find("</svg>", svg) - svg);
}

/// How many marks of a kind (bar, point, rule mark ...) a drawing has.
std::int64_t marks(const std::string& svg, const std::string& kind) {
  const std::regex mark("<path aria-label=\"[^\"]*\" role=\"graphics-symbol\" aria-roledescription=\"" + kind + "\"");
  return std::distance(std::sregex_iterator(svg.begin(), svg.end(), mark), std::sregex_iterator());
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
  INFO(page.err);
  CHECK(page.code == 0);
  CHECK(page.err.find("CONSOLE") == std::string::npos);
  std::int64_t figures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out/smoke/figures")) {
    const std::string file = entry.path().filename().string(), id = file.substr(0, file.find('.'));
    INFO(id);
    CHECK(drawing(page.out, id).size() > 1000);
    ++figures;
  }
  CHECK(page.out.find("data-drawn=\"" + std::to_string(figures) + "\"") != std::string::npos);
  CHECK(marks(drawing(page.out, "axis1-histograms"), "bar") == 3 * 20);
  CHECK(marks(drawing(page.out, "axis1-min-prob"), "bar") == 3 * 20);
  CHECK(marks(drawing(page.out, "axis1-distance"), "point") == 3);
}
