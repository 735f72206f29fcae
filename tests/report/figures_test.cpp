#include <set>

#include "report/sample_analysis.h"

using namespace seedscape;
using Json = nlohmann::ordered_json;

namespace {

std::vector<Section> sample_sections() { return report_sections(sample_source()); }

/// The values of one column in the rows where another has a value.
Json column(const Figure& figure, const char* name, const char* where = nullptr, const Json& is = {}) {
  Json values = Json::array();
  for (const Json& row : figure.rows) {
    if (where == nullptr || row[where] == is) values.push_back(row[name]);
  }
  return values;
}

}  // namespace

TEST_CASE("figures: what the data do not have is left out", "[report]") {
  CHECK(figure_ids(sample_sections()) == std::vector<std::string>{"axis1-scales", "axis1-seeds", "axis1-histograms",
                                                                  "axis1-summary", "axis1-distance", "axis1-min-prob",
                                                                  "axis1-lengths", "axis1-one-layer"});
  ReportSource two_scales = sample_source();
  ScoreTable table = sample_table();
  for (ViewScores& view : table.axes[0].views) view.scales.resize(2);
  two_scales.analysis = plain_analysis(table);
  const std::vector<std::string> ids = figure_ids(report_sections(two_scales));
  CHECK(std::ranges::find(ids, "axis1-seeds") == ids.end());  // no breakthroughness without three scales
  CHECK(std::ranges::find(ids, "axis1-summary") != ids.end());
}

TEST_CASE("figures: a sweep without any score yet has tables and no broken figure", "[report]") {
  ScoreTable table = sample_table();
  for (ViewScores& view : table.axes[0].views) {
    for (ScaleScores& scale : view.scales) scale.seeds = {}, scale.scores = {};
  }
  ReportSource source = sample_source();
  source.analysis = plain_analysis(table);
  const std::vector<std::string> ids = figure_ids(report_sections(source));
  CHECK(ids.front() == "axis1-scales");
  CHECK(std::ranges::find(ids, "axis1-histograms") == ids.end());
  CHECK(std::ranges::find(ids, "axis1-seeds") == ids.end());
}

TEST_CASE("figures: the seed that jumps and the seed that climbs are told apart, with their scores", "[report]") {
  const auto sections = sample_sections();
  const Figure& figure = find_figure(sections, "axis1-seeds");
  CHECK(figure.rows.size() == 2 * 4 * 4);  // both properties, all four seeds, four scales
  CHECK(figure.rows[0] ==
        Json({{"shown", "most breakthrough"}, {"rank", 1}, {"seed", 0}, {"scale", "1"}, {"score", 0.0}}));
  CHECK(figure.rows[1]["score"] == 1.0);
  CHECK(figure.rows[16] == Json({{"shown", "most linear"}, {"rank", 1}, {"seed", 1}, {"scale", "1"}, {"score", 0.0}}));
  CHECK(figure.rows[18]["score"] == 0.8);
  CHECK(figure.text.find("it goes from 0.00 at 1 to 1.00 at 2") != std::string::npos);
  const Json& picked = figure.spec["concat"][0]["layer"][2]["params"][0]["value"];
  CHECK(picked == Json::array({Json{{"scale", "1"}}, Json{{"scale", "2"}}}));
  CHECK(figure.spec["datasets"]["histograms"].size() == 4 * (4 + 2));
}

TEST_CASE("figures: the histograms hold every bin of every scale", "[report]") {
  const auto sections = sample_sections();
  const Figure& figure = find_figure(sections, "axis1-histograms");
  CHECK(column(figure, "seeds", "scale", "1") == Json({4, 0, 0, 0}));
  CHECK(column(figure, "seeds", "scale", "2") == Json({2, 1, 0, 1}));  // 1 0.4 0 0.1
  CHECK(column(figure, "seeds", "scale", "4") == Json({1, 0, 0, 3}));  // 1 0.8 0 1
  CHECK(column(figure, "low", "scale", "4") == Json({0.0, 0.25, 0.5, 0.75}));
  CHECK(figure.rows[8]["panel"] == "4: 3 of 4 succeed");
  CHECK(figure.text.find("are found at 2, 4 and 8") != std::string::npos);  // 1 and 3 of 4
  CHECK(figure.spec["datasets"]["rows"] == figure.rows);
  CHECK(figure.spec["spec"]["layer"][1]["data"]["values"][0]["at"] == 0.5);
}

TEST_CASE("figures: a scale at which every seed succeeds is not split", "[report]") {
  ScoreTable table = sample_table();
  table.axes[0].views = {table.axes[0].views[1]};  // as trained: 0.9 or 1 throughout
  ReportSource source = sample_source();
  source.analysis = plain_analysis(table);
  const auto sections = report_sections(source);
  CHECK(find_figure(sections, "axis1-histograms").text.find("At no scale do a tenth of the seeds fail") !=
        std::string::npos);
}

TEST_CASE("figures: four statistics over the scales, and where each moves most", "[report]") {
  const auto sections = sample_sections();
  const Figure& figure = find_figure(sections, "axis1-summary");
  CHECK(column(figure, "value", "panel", "Mode") == Json({0.125, 0.125, 0.875, 0.875}));
  CHECK(column(figure, "value", "panel", "Mean of all seeds") == Json({0.0, 0.375, 0.7, 0.75}));
  CHECK(column(figure, "value", "panel", "P(score at least 0.5)") == Json({0.0, 0.25, 0.75, 0.75}));
  const Json successes = column(figure, "value", "panel", "Mean of those seeds");
  CHECK(successes[0].is_null());  // a gap, not 0
  CHECK(successes[1] == 1.0);
  CHECK(figure.text.find(
            "The largest step of the mode is +0.75, from 2 to 4; that of the mean is +0.38, from 1 to 2") == 0);
}

TEST_CASE("figures: the distance ends at 0 and takes its marks from the analysis", "[report]") {
  ReportSource source = sample_source();
  const auto plain_sections = report_sections(source);
  const Figure& plain = find_figure(plain_sections, "axis1-distance");
  CHECK(column(plain, "w2")[3] == 0.0);
  CHECK(plain.spec["layer"].size() == 3);
  Json& view = source.analysis["axes"][0]["views"][0];
  view["modality_onset"] = 2;
  view["mode_jump"] = nullptr;
  for (Json& scale : view["scales"])
    scale["w2_to_largest"]["noise_floor"] = {{"value", 0.1}, {"low", 0}, {"high", 0.2}};
  const auto marked_sections = report_sections(source);
  const Figure& marked = find_figure(marked_sections, "axis1-distance");
  CHECK(marked.spec["layer"].size() == 6);  // the floor, a line and its text
  CHECK(marked.spec["layer"][4]["data"]["values"][0]["scale"] == "2");
  CHECK(column(marked, "noise floor") == Json({0.1, 0.1, 0.1, 0.1}));
}

TEST_CASE("figures: by length, a bar is as wide as its share of the fullest bin", "[report]") {
  const auto sections = sample_sections();
  const Figure& figure = find_figure(sections, "axis1-lengths");
  // Lengths 8 and 24 are 16 apart; at scale 2 and length 24 the fullest bin holds 2 of 4 seeds, the second 1.
  Json at_24 = Json::array();
  for (const Json& row : figure.rows) {
    if (row["panel"] == "2" && row["length"] == 24) at_24.push_back(row);
  }
  REQUIRE(at_24.size() == 3);
  CHECK(at_24[0]["to"].get<double>() - at_24[0]["from"].get<double>() == Approx(2 * 0.46 * 16));
  CHECK(at_24[1]["to"].get<double>() - at_24[1]["from"].get<double>() == Approx(0.46 * 16));
  CHECK(at_24[1]["low"] == 0.25);
  std::int64_t seeds = 0;
  for (const Json& row : figure.rows) seeds += row["seeds"].get<std::int64_t>();
  CHECK(seeds == 4 * 2 * 4);
}

TEST_CASE("figures: one layer is overlaid at the longest trained and the main length, nothing deeper is", "[report]") {
  const auto sections = sample_sections();
  const Figure& figure = find_figure(sections, "axis1-one-layer");
  CHECK(column(figure, "seeds", "tested at", "length 8, as trained") == Json({0, 0, 0, 4}));
  CHECK(column(figure, "seeds", "tested at", "length 24, longer") == Json({4, 0, 0, 0}));
  CHECK(figure.text.find("at 1 the mean is 0.97 at length 8 and 0.00 at length 24") != std::string::npos);
  ReportSource deeper = sample_source(3);
  const auto ids = figure_ids(report_sections(deeper));
  CHECK(std::ranges::find(ids, "axis1-one-layer") == ids.end());
}

TEST_CASE("figures: trajectories show each seed's curve, and who is slow or never arrives", "[report]") {
  ReportSource source = sample_source();
  const Json reaches{{"seed", 0}, {"step", {0, 50, 100}}, {"score", {0.0, 0.6, 0.4}}, {"reached", 50}};
  const Json fails{{"seed", 1}, {"step", {0, 50, 100}}, {"score", {0.0, 0.1, "NaN"}}, {"reached", nullptr}};
  const Json empty{{"value", 2}, {"seeds", Json::array()}};
  source.trajectories = {
      {"axes", Json::array({Json{{"scales", Json::array({Json{{"value", 1}, {"seeds", Json::array({reaches, fails})}},
                                                         empty, empty, empty})}}})}};
  const auto sections = report_sections(source);
  const Figure& curves = find_figure(sections, "axis1-trajectories");
  CHECK(column(curves, "score", "seed", 0) == Json({0.0, 0.6, 0.4}));
  CHECK(column(curves, "score", "seed", 1)[2].is_null());
  CHECK(column(curves, "ends as", "seed", 0)[0] == "no success");  // 0.4 at the end
  const Figure& times = find_figure(sections, "axis1-breakthrough-time");
  CHECK(column(times, "reached at step") == Json({50, nullptr}));
  CHECK(times.text.find("1 of 2 at 1.") != std::string::npos);
  CHECK(times.spec["layer"].size() == 3);  // circles, the count of the late ones, its heading
}

TEST_CASE("figures: long and many curves are thinned, their ends kept", "[report]") {
  Json seeds = Json::array();
  for (int seed = 0; seed < 100; ++seed) {
    Json steps = Json::array(), scores = steps;
    for (int i = 0; i <= 200; ++i) steps.push_back(i), scores.push_back(i / 200.0);
    seeds.push_back({{"seed", seed}, {"step", steps}, {"score", scores}, {"reached", 100}});
  }
  ReportSource source = sample_source();
  const Json scale{{"value", 1}, {"seeds", seeds}};
  source.trajectories = {{"axes", Json::array({Json{{"scales", Json::array({scale, scale, scale, scale})}}})}};
  const auto sections = report_sections(source);
  const Figure& figure = find_figure(sections, "axis1-trajectories");
  CHECK(figure.rows.size() == 4 * 48 * 60);
  CHECK(figure.rows[59]["score"] == 1.0);
  CHECK(figure.rows.back()["seed"] == 99);
  CHECK(find_figure(sections, "axis1-breakthrough-time").rows.size() == 400);  // times are not thinned
}

TEST_CASE("figures: all names are file names and unique, whatever the axis is called", "[report]") {
  ScoreTable table = sample_table();
  table.axes[0].key = "../<script>";
  table.axes.push_back(table.axes[0]);
  ReportSource source{.name = "x", .analysis = plain_analysis(table), .config = sample_config()};
  std::set<std::string> names;
  for (const std::string& id : figure_ids(report_sections(source))) {
    CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
    CHECK(names.insert(id).second);
  }
  CHECK(names.size() > 10);
}
