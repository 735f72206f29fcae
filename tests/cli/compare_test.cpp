#include <fstream>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

void write(const TempFolder& folder, const char* name, const char* text) { std::ofstream(folder / name) << text; }

}  // namespace

TEST_CASE("compare: a result folder, its results.csv and a foreign CSV stand in for one another", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml")}).code == 0);
  const auto cells = [&](const std::string& a, const std::string& b) {
    const Answer answer = seedscape::seedscape(folder, {"compare", a, b, "--axis", "depth", "--json"});
    INFO(answer.err);
    REQUIRE(answer.code == 0);
    return nlohmann::json::parse(answer.out).at("axes").at(0).at("cells");
  };
  const auto same = cells("out/smoke", "out/smoke");
  REQUIRE(same.size() == 2);
  CHECK(same[1].at("value") == 2);
  CHECK(same[1].at("a").at("n") == 3);
  CHECK(same[1].at("ks").at("p") == 1.0);
  CHECK(cells("out/smoke", "out/smoke/results.csv") == same);
  CHECK(cells("out/smoke/results.csv", "out/smoke") == same);

  write(folder, "scores.csv", "depth,seed,value\n2,0,1\n2,1,1\n2,2,1\n");
  const auto foreign = cells("out/smoke", "scores.csv");
  REQUIRE(foreign.size() == 1);
  CHECK(foreign[0].at("value") == 2);
  CHECK(foreign[0].at("a") == same[1].at("a"));
  CHECK(foreign[0].at("b").at("mean") == 1.0);
}

TEST_CASE("compare: other lengths, metrics and thresholds than the config's may be asked for", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml")}).code == 0);
  const auto compared = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"compare", "out/smoke", "out/smoke", "--json"});
    return nlohmann::json::parse(seedscape::seedscape(folder, words).out);
  };
  const auto usual = compared({}).at("axes").at(0);
  CHECK(usual.at("metric") == "exact_match");
  CHECK(usual.at("length") == 6);
  CHECK(compared({"--length", "4"}).at("axes").at(0).at("length") == 4);
  const auto loss = compared({"--metric", "train_loss"}).at("axes").at(0);
  CHECK(loss.at("length").is_null());
  CHECK(loss.at("cells").at(0).at("a").at("mean").get<double>() > 0);
  const Answer table = seedscape::seedscape(folder, {"compare", "out/smoke", "out/smoke", "--metric", "nll"});
  CHECK(table.out.find("model.depth: nll at length 6\n") != std::string::npos);
  const auto certain = compared({"--threshold", "0"});
  CHECK(certain.at("settings").at("success_threshold") == 0);
  CHECK(certain.at("axes").at(0).at("cells").at(0).at("a").at("success").at("fraction") == 1);
}

TEST_CASE("compare: two CSVs of one axis are a table with a line a scale", "[cli]") {
  const TempFolder folder;
  write(folder, "a.csv", "width,seed,value\n8,0,0\n8,1,0\n8,2,1\n16,0,1\n16,1,1\n16,2,1\n");
  write(folder, "b.csv", "width,seed,value\n8,0,1\n8,1,1\n8,2,1\n32,0,1\n");
  const Answer answer = seedscape::seedscape(folder, {"compare", "a.csv", "b.csv", "--axis", "width"});
  INFO(answer.err);
  CHECK(answer.code == 0);
  // D = 2/3, which 12 of the 20 orders of three and three values reach.
  CHECK(answer.out.find("width: value, success >= 0.5\n") != std::string::npos);
  CHECK(answer.out.find("8        3    3   0.333   1.000      0.333      1.000  -0.667") != std::string::npos);
  CHECK(answer.out.find("0.667  0.600\n") != std::string::npos);
  CHECK(answer.out.find("\n16 ") == std::string::npos);
}

TEST_CASE("compare: what cannot be compared is refused", "[cli]") {
  const TempFolder folder;
  write(folder, "a.csv", "width,seed,value\n8,0,0\n");
  write(folder, "b.csv", "width,seed,value\n16,0,0\n");
  write(folder, "tidy.csv", "width,seed,length,value\n8,0,0,1\n8,0,4,0\n8,0,6,1\n");
  const auto code = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "compare");
    return seedscape::seedscape(folder, words).code;
  };
  CHECK(code({"a.csv"}) == 2);
  CHECK(code({"a.csv", "a.csv"}) == 2);
  CHECK(code({"a.csv", "b.csv", "--axis", "width"}) == 2);
  CHECK(code({"a.csv", "a.csv", "--axis", "depth"}) == 2);
  CHECK(code({"a.csv", "tidy.csv", "--axis", "width"}) == 4);
  CHECK(code({"a.csv", "tidy.csv", "--axis", "width", "--length", "5"}) == 2);
  CHECK(code({"a.csv", "tidy.csv", "--axis", "width", "--length", "6"}) == 0);
  CHECK(code({"a.csv", "tidy.csv", "--axis", "width", "--length", "0"}) == 0);
  CHECK(code({"a.csv", "missing.csv", "--axis", "width"}) == 5);
}
