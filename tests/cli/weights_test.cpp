#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kSmoke{"run",
                                      config_path("smoke.yaml"),
                                      "--quiet",
                                      "--set",
                                      "seeds.count=1",
                                      "--set",
                                      "axes=[{key: model.depth, values: [1]}]"};

Answer smoke(const TempFolder& folder, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = kSmoke;
  arguments.insert(arguments.end(), more.begin(), more.end());
  return seedscape::seedscape(folder, arguments);
}

std::string first_run_id(const TempFolder& folder, const std::string& csv) {
  const std::string text = read_text(folder / csv);
  const std::size_t line = text.find('\n') + 1;
  return text.substr(line, text.find(',', line) - line);
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  return text.substr(text.rfind('\n', end) + 1, end - text.rfind('\n', end));
}

}  // namespace

TEST_CASE("run: a curve of every run becomes curves.csv", "[cli]") {
  const TempFolder folder;
  REQUIRE(smoke(folder, {"--set", "eval.every=8"}).code == 0);
  const std::string curves = read_text(folder / "out/smoke/curves.csv"),
                    results = read_text(folder / "out/smoke/results.csv");
  CHECK(curves.substr(0, curves.find('\n')) == results.substr(0, results.find('\n')));
  std::set<std::string> steps;
  for (std::size_t at = curves.find('\n'); at + 1 < curves.size(); at = curves.find('\n', at + 1)) {
    std::size_t field = at + 1;
    for (int i = 0; i < 9; ++i) field = curves.find(',', field) + 1;
    steps.insert(curves.substr(field, curves.find(',', field) - field));
  }
  CHECK(steps == std::set<std::string>{"0", "16", "20", "8"});
  CHECK(curves.ends_with(results.substr(results.find('\n') + 1)));  // its last step is the result
  const Answer merged = seedscape::seedscape(folder, {"merge", "out/smoke", "-o", "-", "--curves"});
  CHECK(merged.code == 0);
  CHECK(merged.out == curves);
}

TEST_CASE("export: stored weights become a folder for Hugging Face, by step", "[cli]") {
  const TempFolder folder;
  REQUIRE(smoke(folder, {"--set", "eval.every=10", "--set", "store.weights=all"}).code == 0);
  const std::string id = first_run_id(folder, "out/smoke/results.csv");
  const Answer last = seedscape::seedscape(folder, {"export", "out/smoke", id.substr(0, 6), "-o", "hf"});
  CHECK(last.code == 0);
  CHECK(last.err == "exported step 20 to hf\n");
  const auto config = nlohmann::json::parse(read_text(folder / "hf/config.json"));
  CHECK(config.at("seedscape").at("run_id") == id);
  CHECK(config.at("eos_token_id").get<int>() == config.at("vocab_size").get<int>() - 2);
  CHECK(seedscape::seedscape(folder, {"export", "out/smoke", id, "-o", "hf0", "--step", "0", "--authors-ids"}).code ==
        0);
  CHECK(nlohmann::json::parse(read_text(folder / "hf0/config.json")).at("eos_token_id") == 0);
  CHECK(read_text(folder / "hf0/model.safetensors") != read_text(folder / "hf/model.safetensors"));

  const Answer no_step = seedscape::seedscape(folder, {"export", "out/smoke", id, "-o", "x", "--step", "5"});
  CHECK(no_step.code == 2);
  CHECK(last_line(no_step.err).ends_with("--step 5: expected one of 0, 10, 20"));
  CHECK(seedscape::seedscape(folder, {"export", "out/smoke", "zz", "-o", "x"}).code == 2);
  CHECK(seedscape::seedscape(folder, {"export", "out/smoke", id, "-o", "hf"}).code == 2);  // holds the first one
  CHECK_FALSE(fs::exists(folder / "x"));
}

TEST_CASE("export: a run without stored weights says how to keep them", "[cli]") {
  const TempFolder folder;
  REQUIRE(smoke(folder, {}).code == 0);
  const Answer answer =
      seedscape::seedscape(folder, {"export", "out/smoke", first_run_id(folder, "out/smoke/results.csv"), "-o", "x"});
  CHECK(answer.code == 2);
  CHECK(answer.err.find("store.weights: final or all") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "out/smoke/curves.csv"));
}

TEST_CASE("export: the beginning of an id must mean one run", "[cli]") {
  const TempFolder folder;
  REQUIRE(smoke(folder, {"--set", "seeds.count=2", "--set", "train.steps=1"}).code == 0);
  const Answer answer = seedscape::seedscape(folder, {"export", "out/smoke", "", "-o", "x"});
  CHECK(answer.code == 2);
  CHECK(answer.err.find("several runs have ids that begin with") != std::string::npos);
}

TEST_CASE("plan: curves and weights count in the disk that is needed", "[cli]") {
  const TempFolder folder;
  const auto bytes = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"plan", config_path("smoke.yaml"), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return nlohmann::json::parse(seedscape::seedscape(folder, arguments).out).at("disk_bytes").get<double>();
  };
  const double plain = bytes({}), curves = bytes({"--set", "eval.every=5"});
  CHECK(curves - plain > 6 * 5 * 700);  // five points of six runs, each a line of some hundred bytes
  const auto cells =
      nlohmann::json::parse(seedscape::seedscape(folder, {"plan", config_path("smoke.yaml"), "--json"}).out)["cells"];
  double weights = 0;
  for (const auto& cell : cells) weights += 4 * cell["parameters"].get<double>() * cell["planned"].get<double>();
  CHECK(bytes({"--set", "store.weights=final"}) == Approx(plain + weights));
  CHECK(bytes({"--set", "store.weights=all"}) == Approx(plain + 2 * weights));
  CHECK(bytes({"--set", "store.weights=all", "--set", "eval.every=5"}) == Approx(curves + 5 * weights));
}

TEST_CASE("run: --from starts from an exported folder, and a training of no distance stays there", "[cli]") {
  const TempFolder folder;
  REQUIRE(smoke(folder, {"--set", "store.weights=final"}).code == 0);
  const std::string id = first_run_id(folder, "out/smoke/results.csv");
  REQUIRE(seedscape::seedscape(folder, {"export", "out/smoke", id, "-o", "hf"}).code == 0);
  // One step from step 20 on has rate factor(0) = 0 with a warm-up, so the scores are those of the folder.
  const Answer again = smoke(folder, {"--from", "hf", "--out", "again", "--set", "train.steps=1"});
  INFO(again.err);
  REQUIRE(again.code == 0);
  CHECK(first_run_id(folder, "again/results.csv") != id);
  const auto scores = [&](const std::string& dir) {
    return nlohmann::json::parse(
        read_text(folder / (dir + "/analysis.json")))["axes"][0]["views"][1]["scales"][0]["scores"];
  };
  CHECK(scores("again") == scores("out/smoke"));
}

TEST_CASE("run: weights of another model or of another kind of file are refused before anything is written", "[cli]") {
  const TempFolder folder;
  REQUIRE(smoke(folder, {"--set", "store.weights=final"}).code == 0);
  const std::string id = first_run_id(folder, "out/smoke/results.csv");
  REQUIRE(seedscape::seedscape(folder, {"export", "out/smoke", id, "-o", "hf"}).code == 0);
  const Answer wider = smoke(folder, {"--from", "hf", "--out", "x", "--set", "model.width=32"});
  CHECK(wider.code == 2);
  CHECK(wider.err.find("train.from: hf/config.json: hidden_size is 16, the config's model needs 32") !=
        std::string::npos);
  publish(folder / "model.pt", "PK\x03\x04 and a pickle in it");
  const Answer pickle = smoke(folder, {"--from", "model.pt", "--out", "x"});
  CHECK(pickle.code == 2);
  CHECK(pickle.err.find("not safetensors; this program never loads pickle") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "x"));
}
