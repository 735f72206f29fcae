// Bad input that no text in a table can show: pipes, sizes, links, folders of other plans.

#include <fstream>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

const std::string kGood = SEEDSCAPE_SOURCE_DIR "/tests/fixtures/bad/good.yaml";

Answer run(const TempFolder& folder, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"run", kGood, "--device", "cpu", "--workers", "1", "--quiet", "--set", "train.steps=2",
                             "--set", "seeds.count=1"});
  return seedscape::seedscape(folder, more);
}

std::string validated(const TempFolder& folder, const std::string& text) {
  std::ofstream(folder / "bad.yaml") << text;
  const Answer answer = seedscape::seedscape(folder, {"validate", "bad.yaml"});
  return answer.code == 2 ? answer.err : "exit code " + std::to_string(answer.code);
}

}  // namespace

TEST_CASE("bad input: a pipe is no config, and nobody waits for its writer", "[cli]") {
  const TempFolder folder;
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  const Answer answer = seedscape::seedscape(folder, {"validate", "pipe"});
  CHECK(answer.code == 2);
  CHECK(answer.err ==
        "pipe:1:1: config: is not a regular file; expected a YAML or JSON file; got a pipe, socket or device\n");
}

TEST_CASE("bad input: a config of more than 1 MiB is not even read", "[cli]") {
  const TempFolder folder;
  std::ofstream(folder / "bad.yaml") << "schema: 1\n";
  fs::resize_file(folder / "bad.yaml", std::uintmax_t{1} << 40);  // has no blocks on the disk
  const Answer answer = seedscape::seedscape(folder, {"validate", "bad.yaml"});
  CHECK(answer.code == 2);
  CHECK(answer.err == "bad.yaml:1:1: config: is too large; expected at most 1048576 bytes; got 1099511627776\n");
}

TEST_CASE("bad input: a config cut at the end of any line is refused", "[cli]") {
  const TempFolder folder;
  const std::string text = read_text(kGood);
  for (std::size_t end = text.find('\n'); end + 1 < text.size(); end = text.find('\n', end + 1)) {
    CHECK(validated(folder, text.substr(0, end + 1)).find("bad.yaml:1:1: analysis.length: is missing;") !=
          std::string::npos);
    CHECK(validated(folder, text.substr(0, end)).find(": config: is cut off;") != std::string::npos);
  }
}

TEST_CASE("bad input: a config of any depth ends at level 16", "[cli]") {
  const TempFolder folder;
  for (const std::size_t levels : {600, 100'000}) {
    CHECK(validated(folder, "a: " + std::string(levels, '[') + std::string(levels, ']') + "\n") ==
          "bad.yaml:1:19: a[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: is nested too deep; expected at most 16 "
          "levels; got more\n");
  }
}

TEST_CASE("bad input: a result folder that holds a link is refused, one that is a link is fine", "[cli]") {
  const TempFolder folder;
  fs::create_directories(folder / "elsewhere");
  fs::create_directories(folder / "out");
  fs::create_directory_symlink("../elsewhere", folder / "out/runs");
  const Answer refused = run(folder, {"--out", "out"});
  CHECK(refused.code == 2);
  CHECK(refused.err == "out: holds a symbolic link, runs; give another result folder with --out\n");
  CHECK(fs::is_empty(folder / "elsewhere"));
  CHECK_FALSE(fs::exists(folder / "out/plan.json"));

  fs::create_directory_symlink("elsewhere", folder / "scratch");
  CHECK(run(folder, {"--out", "scratch"}).code == 0);
  CHECK(fs::exists(folder / "elsewhere/results.csv"));
}

TEST_CASE("bad input: a result folder that everybody may write to is refused", "[cli]") {
  const TempFolder folder;
  fs::create_directories(folder / "out");
  REQUIRE(chmod((folder / "out").c_str(), 0777) == 0);
  const Answer refused = run(folder, {"--out", "out"});
  CHECK(refused.code == 2);
  CHECK(refused.err == "out: can be written by everybody; give another result folder with --out\n");
  REQUIRE(chmod((folder / "out").c_str(), 01777) == 0);  // as /tmp is
  CHECK(run(folder, {"--out", "out"}).code == 0);
}

TEST_CASE("bad input: weights are not overwritten by what is trained from them, and their name is only text", "[cli]") {
  const TempFolder folder;
  REQUIRE(run(folder, {"--set", "store.weights=final", "--set", "axes=[{key: model.depth, values: [1]}]"}).code == 0);
  const std::string csv = read_text(folder / "out/tiny/results.csv");
  const std::string id = csv.substr(csv.find('\n') + 1, 32), name = "<script>alert(1)<";
  REQUIRE(seedscape::seedscape(folder, {"export", "out/tiny", id, "-o", name}).code == 0);

  const std::string axes = "axes=[{key: train.from, values: ['" + name + "'], with: {model.depth: 1}}]";
  const Answer inside = run(folder, {"--set", axes, "--out", name + "/out"});
  CHECK(inside.code == 2);
  CHECK(inside.err ==
        name + "/out: lies in the weights to start from, " + name + "; give another result folder with --out\n");
  CHECK_FALSE(fs::exists(folder / (name + "/out")));

  CHECK(run(folder, {"--set", axes, "--out", "forks"}).code == 0);
  const auto analysis = nlohmann::json::parse(read_text(folder / "forks/analysis.json"));
  CHECK(analysis.at("axes").at(0).at("views").at(0).at("scales").at(0).at("value") == name);
}

TEST_CASE("bad input: a stored sweep of another config is refused with the keys that differ", "[cli]") {
  const TempFolder folder;
  REQUIRE(run(folder).code == 0);
  const Answer refused = run(folder, {"--set", "train.learning_rate=0.5", "--set", "train.steps=3"});
  CHECK(refused.code == 2);
  CHECK(refused.err ==
        "the folder holds runs of another plan; give this one another --out or name. Keys that differ:\n"
        "  train.learning_rate: stored 0.003, now 0.5\n"
        "  train.steps: stored 2, now 3\n");
}

TEST_CASE("bad input: where a flag and the config disagree the flag wins, and both are said", "[cli]") {
  const TempFolder folder;
  REQUIRE(run(folder, {"--set", "store.weights=final", "--set", "axes=[{key: model.depth, values: [1]}]"}).code == 0);
  const std::string csv = read_text(folder / "out/tiny/results.csv");
  REQUIRE(seedscape::seedscape(folder, {"export", "out/tiny", csv.substr(csv.find('\n') + 1, 32), "-o", "hf"}).code ==
          0);
  const Answer answer = seedscape::seedscape(
      folder, {"run", kGood, "--device", "cpu", "--out", "again", "--from", "hf", "--set", "train.from=missing",
               "--set", "train.steps=2", "--set", "axes=[{key: model.depth, values: [1]}]"});
  INFO(answer.err);
  CHECK(answer.code == 0);
  CHECK(answer.err.find("--set:1:12: train.from: missing is replaced by \"hf\"\n") != std::string::npos);
  CHECK(answer.err.find("good.yaml:8:16: train.steps: 20 is replaced by 2\n") != std::string::npos);
  CHECK(read_text(folder / "again/plan.json").find("\"from\": \"hf\"") != std::string::npos);
}
