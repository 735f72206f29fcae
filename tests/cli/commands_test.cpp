#include <chrono>
#include <fstream>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  return text.substr(text.rfind('\n', end) + 1, end - text.rfind('\n', end));
}
}  // namespace

TEST_CASE("plan: the paper's sweeps have their cells, runs and parameter counts, in under a second", "[cli]") {
  const TempFolder folder;
  const auto start = std::chrono::steady_clock::now();
  const Answer count = seedscape::seedscape(folder, {"plan", config_path("paper/count.yaml")});
  const Answer addition = seedscape::seedscape(folder, {"plan", config_path("paper/reverse_addition.yaml")});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
  CHECK(count.code == 0);
  CHECK(last_line(count.out) == "total: 12 cells, 3000 runs");
  for (const char* parameters : {" 219776 ", " 832768 ", " 12768256 ", " 50702336 ", " 25377792 "})
    CHECK(count.out.find(parameters) != std::string::npos);
  CHECK(last_line(addition.out) == "total: 14 cells, 2800 runs");
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_CASE("validate: says how much is valid, and with --resolved every key and its source", "[cli]") {
  const TempFolder folder;
  const Answer valid = seedscape::seedscape(folder, {"validate", config_path("demo.yaml")});
  CHECK(valid.code == 0);
  CHECK(valid.out == "valid: 4 cells, 64 runs\n");
  const Answer resolved =
      seedscape::seedscape(folder, {"validate", config_path("smoke.yaml"), "--resolved", "--set", "seeds.count=7"});
  CHECK(resolved.out.find("seeds.count = 7  # --set\n") != std::string::npos);
  CHECK(resolved.out.find("train.clip_norm = 1.0  # default\n") != std::string::npos);
}

TEST_CASE("sample: training rows are the same whatever their number, and JSON holds ids and masks", "[cli]") {
  const TempFolder folder;
  const std::vector<std::string> command{"sample", config_path("smoke.yaml"), "--seed", "5", "--step", "3", "--json"};
  const auto all = nlohmann::json::parse(seedscape::seedscape(folder, command).out);
  CHECK(all.at("seed") == 5);
  CHECK(all.at("step") == 3);
  REQUIRE(all.at("tokens").size() == 4);
  CHECK(all.at("tokens").at(0).size() == 24);
  for (const auto& row : all.at("loss_mask")) CHECK(row.at(0) == 0);
  std::vector<std::string> fewer = command;
  fewer.insert(fewer.end(), {"--rows", "2"});
  const auto two = nlohmann::json::parse(seedscape::seedscape(folder, fewer).out);
  REQUIRE(two.at("tokens").size() == 2);
  CHECK(two.at("tokens").at(1) == all.at("tokens").at(1));
}

TEST_CASE("sample: test problems of count are all ranges of the length, as text a person can check", "[cli]") {
  const TempFolder folder;
  const Answer json =
      seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--split", "eval", "--length", "4", "--json"});
  CHECK(nlohmann::json::parse(json.out).at("tokens").size() == 13);  // lo = 0 .. 12 of 16 numbers
  const Answer text = seedscape::seedscape(
      folder, {"sample", config_path("smoke.yaml"), "--split", "eval", "--length", "4", "--rows", "1"});
  CHECK(text.out.find("$ 0 3 > [0] [1] [2] [3] .") != std::string::npos);
}

TEST_CASE("sample: questions have a length 0, where no clause stands before the auxiliary", "[cli]") {
  const TempFolder folder;
  const auto sampled = [&](const std::string& length) {
    return seedscape::seedscape(folder, {"sample", config_path("tasks/question_formation.yaml"), "--split", "eval",
                                         "--length", length, "--rows", "1"});
  };
  CHECK(sampled("0").out.find("$ some walrus doesn't entertain some zebras who don't dance quest > [doesn't] [some]") !=
        std::string::npos);
  CHECK(sampled("1").out.find("$ some quails that my unicorn doesn't admire do admire some unicorns quest > [do]") !=
        std::string::npos);
  CHECK(sampled("9").err.find("--length 9: expected 0 to 8") != std::string::npos);
}

TEST_CASE("sample: what does not exist is refused", "[cli]") {
  const TempFolder folder;
  CHECK(seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--step", "20"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--split", "eval", "--length", "17"}).code ==
        2);
  CHECK(seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--split", "eval", "--length", "0"}).code ==
        2);
  CHECK(seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--cell", "model.width=3"}).code == 2);
  const std::string axes = "axes=[{key: train.batch, values: [2, 3]}]";
  const Answer unclear =
      seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--set", axes, "--set", "model.depth=1"});
  CHECK(unclear.code == 2);
  CHECK(unclear.err.find("--cell KEY=VALUE") != std::string::npos);
  const Answer chosen = seedscape::seedscape(folder, {"sample", config_path("smoke.yaml"), "--set", axes, "--set",
                                                      "model.depth=1", "--cell", "train.batch=3", "--json"});
  CHECK(nlohmann::json::parse(chosen.out).at("tokens").size() == 3);
}

TEST_CASE("status, merge and analyze read a result folder and agree with what run wrote", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml")}).code == 0);
  CHECK(seedscape::seedscape(folder, {"status", "out/smoke"})
            .out.find("all            6     6         0       0        0") != std::string::npos);
  CHECK(seedscape::seedscape(folder, {"merge", "out/smoke", "-o", "-"}).out ==
        read_text(folder / "out/smoke/results.csv"));
  CHECK(seedscape::seedscape(folder, {"merge", "out/smoke", "out/smoke", "-o", "both.csv"}).code == 0);
  CHECK(read_text(folder / "both.csv") == read_text(folder / "out/smoke/results.csv"));
  CHECK(seedscape::seedscape(folder, {"analyze", "out/smoke", "-o", "again.json"}).code == 0);
  CHECK(read_text(folder / "again.json") == read_text(folder / "out/smoke/analysis.json"));
}

TEST_CASE("merge: folders with other seeds of the same sweep are one table", "[cli]") {
  const TempFolder folder;
  REQUIRE(
      seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--out", "all", "--set", "seeds.count=4"}).code ==
      0);
  REQUIRE(
      seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--out", "a", "--set", "seeds.count=2"}).code ==
      0);
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--out", "b", "--set", "seeds.count=2",
                                        "--set", "seeds.first=2"})
              .code == 0);
  const std::string merged = seedscape::seedscape(folder, {"merge", "a", "b", "-o", "-"}).out;
  CHECK(std::count(merged.begin(), merged.end(), '\n') == [&] {
    const std::string all = read_text(folder / "all/results.csv");
    return std::count(all.begin(), all.end(), '\n');
  }());
}

TEST_CASE("analyze: takes scores made elsewhere", "[cli]") {
  const TempFolder folder;
  std::ofstream(folder / "scores.csv") << "width,run,em\n64,0,0\n64,1,0.5\n128,0,1\n128,1,1\n256,0,1\n256,1,0\n";
  const Answer answer = seedscape::seedscape(folder, {"analyze", "scores.csv", "-o", "-", "--axis", "width", "--seed",
                                                      "run", "--value", "em", "--threshold", "0.6"});
  INFO(answer.err);
  REQUIRE(answer.code == 0);
  const auto view = nlohmann::json::parse(answer.out).at("axes").at(0).at("views").at(0);
  CHECK(view.at("metric") == "em");
  CHECK(view.at("length").is_null());
  CHECK(view.at("scales").at(0).at("mean").at("value") == 0.25);
  CHECK(view.at("scales").at(1).at("success").at("fraction") == 1.0);
  CHECK(view.at("seeds").at("improvement") == nlohmann::json({1.0, -1.0}));
  CHECK(seedscape::seedscape(folder, {"analyze", "scores.csv", "-o", "-", "--axis", "size"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"analyze", "scores.csv", "-o", "-"}).code == 2);
  std::ofstream(folder / "twice.csv") << "width,run,em\n64,0,0\n64,0,0.5\n";
  const Answer twice = seedscape::seedscape(
      folder, {"analyze", "twice.csv", "-o", "x.json", "--axis", "width", "--seed", "run", "--value", "em"});
  CHECK(twice.code == 4);
  CHECK(twice.err.find("3") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "x.json"));
}

TEST_CASE("the command line: mistakes end with 2, help and version with 0", "[cli]") {
  const TempFolder folder;
  CHECK(seedscape::seedscape(folder, {}).code == 2);
  CHECK(seedscape::seedscape(folder, {"runn", "x"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--workers", "0"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--wrokers", "1"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"run"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"run", "missing.yaml"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"--version"}).out == "seedscape 0.1.0\n");
  const Answer help = seedscape::seedscape(folder, {"--help"});
  CHECK(help.code == 0);
  for (const char* command : {"run", "plan", "validate", "sample", "status", "merge", "analyze", "compare", "export",
                              "bench", "doctor", "schema"})
    CHECK(help.out.find(command) != std::string::npos);
}

TEST_CASE("the command line: commands that do not train answer without LibTorch, within 0.3 seconds", "[cli]") {
  const TempFolder folder;
  seedscape::seedscape(folder, {"--help"});  // warm
  for (const std::vector<std::string>& command : {std::vector<std::string>{"--help"},
                                                  {"validate", config_path("demo.yaml")},
                                                  {"plan", config_path("demo.yaml")}}) {
    double best_s = 10;
    for (int i = 0; i < 5; ++i) {
      const auto start = std::chrono::steady_clock::now();
      CHECK(seedscape::seedscape(folder, command).code == 0);
      best_s = std::min(best_s, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    INFO(command[0]);
    CHECK(best_s < 0.3);
  }
}

TEST_CASE("schema: is JSON and names every section", "[cli]") {
  const TempFolder folder;
  const auto schema = nlohmann::json::parse(seedscape::seedscape(folder, {"schema"}).out);
  for (const char* section : {"task", "model", "axes", "seeds", "train", "eval", "analysis"})
    CHECK(schema.at("properties").contains(section));
}

TEST_CASE("bench: measures one shape and ends with its time", "[cli]") {
  const TempFolder folder;
  const Answer answer = seedscape::seedscape(folder, {"bench", "--shape", "tiny", "--seconds", "0.05"});
  CHECK(answer.code == 0);
  CHECK(last_line(answer.out).find("ms_per_step ") == 0);
  const auto json = nlohmann::json::parse(
      seedscape::seedscape(folder, {"bench", "--shape", "tiny", "--seconds", "0.05", "--json"}).out);
  CHECK(json.at("shapes").at(0).at("name") == "tiny");
  CHECK(json.at("shapes").at(0).at("median_ms").get<double>() > 0);
}

TEST_CASE("bench: takes the fused trainer with several seeds, and the paper's widths only when asked", "[cli]") {
  const TempFolder folder;
  const auto answer = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"bench", "--device", "cpu", "--seconds", "0.02", "--json"});
    return seedscape::seedscape(folder, more);
  };
  const auto json = nlohmann::json::parse(answer({"--shape", "tiny", "--trainer", "fused", "--seeds", "3"}).out);
  CHECK(json.at("shapes").at(0).at("seeds") == 3);
  CHECK(json.at("shapes").at(0).at("kernels") == "default");
  CHECK(nlohmann::json::parse(answer({"--shape", "tiny", "--trainer", "fused"}).out).at("shapes").at(0).at("seeds") ==
        1);
  CHECK(answer({"--shape", "tiny", "--trainer", "reference", "--seeds", "2"}).code == 2);
  CHECK(answer({"--shape", "tiny", "--precision", "tf32"}).code == 2);
  const Answer tuned = answer({"--shape", "w64", "--trainer", "fused", "--tune"});
  CHECK(tuned.code == 2);
  CHECK(tuned.err.find("cpu takes one") != std::string::npos);
}

TEST_CASE("plan: says what of a GPU's memory a seed takes", "[cli]") {
  const TempFolder folder;
  const Answer count = seedscape::seedscape(folder, {"plan", config_path("paper/count.yaml")});
  CHECK(count.out.find("on a GPU: at most 13.5 GB of its memory a seed") != std::string::npos);
  const auto json =
      nlohmann::json::parse(seedscape::seedscape(folder, {"plan", config_path("paper/count.yaml"), "--json"}).out);
  const auto bytes = [&](std::size_t cell) { return json.at("cells").at(cell).at("gpu_bytes_per_seed").get<double>(); };
  CHECK(bytes(7) > 10 * bytes(0));  // widths 1024 and 64
}
