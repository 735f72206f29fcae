// Figures of the statistics that an analysis may or may not hold.

#include "report/sample_analysis.h"

using namespace seedscape;
using Json = nlohmann::ordered_json;

namespace {

/// The sample with a member of its main view set.
ReportSource with_view_member(const char* name, const Json& value) {
  ReportSource source = sample_source();
  source.analysis["axes"][0]["views"][0][name] = value;
  return source;
}

/// The sample with a member of each scale set.
ReportSource with_scale_members(const char* name, const std::vector<Json>& values) {
  ReportSource source = sample_source();
  Json& scales = source.analysis["axes"][0]["views"][0]["scales"];
  for (std::size_t s = 0; s < values.size(); ++s) scales[s][name] = values[s];
  return source;
}

bool has_figure(const ReportSource& source, const std::string& id) {
  const auto ids = figure_ids(report_sections(source));
  return std::ranges::find(ids, id) != ids.end();
}

Json modality(double p) {
  return {{"dip", {{"value", 0.1}, {"p", p / 2}, {"p_adjusted", p}, {"resamples", 1000}}},
          {"silverman", nullptr},
          {"mixture",
           {{"components", 1},
            {"bic", {1, 2, 3}},
            {"at_zero", 0.25},
            {"at_one", 0},
            {"parts", Json::array({Json{{"weight", 0.75}, {"mean", 0.8}, {"deviation", 0.1}}})}}},
          {"modes", Json::array({Json{{"at", 0}, {"height", 2}}, Json{{"at", 0.8}, {"height", 1}}})},
          {"antimode", 0.4},
          {"bimodality_coefficient", 0.7}};
}

}  // namespace

TEST_CASE("figures: modality names the scales whose adjusted p is below 0.05", "[report]") {
  const ReportSource source = with_scale_members("modality", {nullptr, modality(0.04), modality(0.05)});
  const auto sections = report_sections(source);
  const Figure& figure = find_figure(sections, "axis1-modality");
  CHECK(figure.rows.size() == 2);
  CHECK(figure.rows[0]["p adjusted"] == 0.04);
  CHECK(figure.text.find("more than one mode at 2 (") != std::string::npos);
  const Figure& table = find_figure(sections, "axis1-modes");
  CHECK(table.spec.is_null());
  CHECK(table.rows[1]["modes at"] == "0.00 and 0.80");
  CHECK(table.rows[1]["mixture (by BIC)"] == "0.25 at 0 and 0.75 near 0.80");
  CHECK(table.rows[0]["antimode"].is_null());
}

TEST_CASE("figures: every threshold has its share of successes and the mean of these", "[report]") {
  const Json curve{{"threshold", {0.2, 0.8}},
                   {"success", {0.75, 0.5}},
                   {"low", {0.3, 0.1}},
                   {"high", {0.9, 0.8}},
                   {"mean_of_successes", {0.9, nullptr}}};
  const auto sections = report_sections(with_scale_members("thresholds", {curve, curve, curve, curve}));
  const Figure& figure = find_figure(sections, "axis1-thresholds");
  CHECK(figure.rows.size() == 4 * 2 * 2);
  CHECK(figure.rows[3]["value"].is_null());
  CHECK(figure.text.find("At 8, P(success) is 0.75 for a threshold of 0.2 and 0.50 for 0.8") != std::string::npos);
  CHECK_FALSE(has_figure(sample_source(), "axis1-thresholds"));
}

TEST_CASE("figures: chance stands beside what is observed, bin by bin", "[report]") {
  const Json part{{"edges", {0, 1, 2}}, {"observed", {3, 1}}, {"null", {2.5, 1.5}}, {"p_max", 0.25}, {"p_min", 1}};
  const Json named{
      {"breakthroughness",
       {{"top", Json::array({Json{{"seed", 3}, {"value", "Infinity"}, {"p", 0.01}}})}, {"bottom", Json::array()}}}};
  const auto sections = report_sections(with_view_member(
      "chance", {{"permutations", 100}, {"breakthroughness", part}, {"linearity", nullptr}, {"named", named}}));
  const Figure& figure = find_figure(sections, "axis1-chance");
  CHECK(
      figure.rows ==
      Json::array(
          {Json{{"order", 0}, {"panel", "breakthroughness"}, {"low", 0}, {"high", 1}, {"seeds", 3}, {"by chance", 2.5}},
           Json{{"order", 0},
                {"panel", "breakthroughness"},
                {"low", 1},
                {"high", 2},
                {"seeds", 1},
                {"by chance", 1.5}}}));
  CHECK(figure.text.find("its largest value has p 0.25") != std::string::npos);
  CHECK(find_figure(sections, "axis1-extremes").rows[0]["value"] == "Infinity");
  CHECK_FALSE(has_figure(with_view_member("chance", nullptr), "axis1-chance"));
}

TEST_CASE("figures: seeds needed, also where no number tried was enough", "[report]") {
  Json needed{{"two_modes", {{"at_scale", 2}, {"seeds", {5, 10}}, {"power", {0.2, 0.9}}, {"needed", 10}}},
              {"success_within", {{"at_scale", 4}, {"half_width", {0.1}}, {"seeds", {73}}}},
              {"rank_two", Json::array({Json{{"a", 1}, {"b", 2}, {"needed", nullptr}}})}};
  const auto sections = report_sections(with_view_member("seeds_needed", needed));
  CHECK(find_figure(sections, "axis1-seeds-needed").text ==
        "At 2, 10 seeds show two modes in 80 of 100 experiments (dashed line).");
  const Figure& table = find_figure(sections, "axis1-seeds-table");
  CHECK(table.rows[0] == Json({{"question", "P(success) at 4 within 0.10"}, {"seeds", 73}}));
  CHECK(table.rows[1]["seeds"].is_null());
  needed["two_modes"]["needed"] = nullptr;
  const auto more = report_sections(with_view_member("seeds_needed", needed));
  CHECK(find_figure(more, "axis1-seeds-needed").text.find("even 10 seeds show two modes in fewer than 80") !=
        std::string::npos);
}

TEST_CASE("figures: the forecast shows truth and methods, and one that has no number is no point at 0", "[report]") {
  const Json forecast{{"held_out", 4},
                      {"truth", 0.75},
                      {"success_fit", {{"value", 0.7}, {"low", 0.5}, {"high", 0.9}, {"score", 0.05}}},
                      {"mean_extrapolation", {{"value", nullptr}, {"truth", 0.6}}},
                      {"single_seed", nullptr},
                      {"score", "absolute error"}};
  const auto sections = report_sections(with_view_member("forecast", forecast));
  const Figure& figure = find_figure(sections, "axis1-forecast");
  CHECK(figure.rows.size() == 2);
  CHECK(figure.rows[1]["forecast"].is_null());
  CHECK(figure.rows[0]["truth"] == 0.75);
  CHECK(figure.rows[1]["truth"] == 0.6);  // a mean is held against a mean
  CHECK(figure.text.find("logistic 0.70, true 0.75; mean score, extended none, true 0.60.") != std::string::npos);
}

TEST_CASE("figures: runs that did not learn are counted and left out beside the others", "[report]") {
  const Json learnt{{"n", 3},
                    {"flagged", {2}},
                    {"success", {{"fraction", 0.33}, {"low", 0.1}, {"high", 0.8}}},
                    {"mean", {{"value", 0.5}, {"low", 0}, {"high", 1}}}};
  const auto sections = report_sections(with_scale_members("learnt", {nullptr, learnt, nullptr}));
  const Figure& figure = find_figure(sections, "axis1-learnt");
  CHECK(figure.text == "1 run did not learn the training task (1 at 2); squares leave them out.");
  CHECK(figure.rows.size() == 4);
  CHECK(figure.rows[0]["value"] == 0.25);
  CHECK(figure.rows[1]["value"] == 0.33);
}
