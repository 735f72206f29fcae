#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <signal.h>
#include <thread>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "seedscape/store/result_store.h"
#include "support/test.h"

using namespace seedscape;

namespace {

namespace fs = std::filesystem;

std::string bytes(const TempFolder& folder, const std::string& name) { return read_text(folder / name); }

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::size_t stored_runs(const fs::path& runs) {
  std::size_t lines = 0;
  if (!fs::exists(runs)) return 0;
  for (const auto& file : fs::directory_iterator(runs)) {
    const std::string text = read_text(file.path());
    for (std::size_t at = text.find("\"run_id\""); at != std::string::npos; at = text.find("\"run_id\"", at + 1))
      ++lines;
  }
  return lines;
}

}  // namespace

TEST_CASE("run: the smoke sweep trains, stores and analyses every run", "[cli]") {
  const TempFolder folder;
  const Answer answer = seedscape::seedscape(folder, {"run", config_path("smoke.yaml")});
  INFO(answer.err);
  REQUIRE(answer.code == 0);
  CHECK(answer.out.find("model.depth") != std::string::npos);
  CHECK(answer.err.find("6/6 runs") != std::string::npos);
  CHECK(answer.err.find('\x1b') == std::string::npos);

  const auto analysis = nlohmann::json::parse(bytes(folder, "out/smoke/analysis.json"));
  CHECK(analysis.at("source").at("planned") == 6);
  CHECK(analysis.at("source").at("done") == 6);
  const auto& scales = analysis.at("axes").at(0).at("views").at(0).at("scales");
  REQUIRE(scales.size() == 2);
  CHECK(scales.at(1).at("scores").at("seed") == nlohmann::json({0, 1, 2}));
  const std::string csv = bytes(folder, "out/smoke/results.csv");
  CHECK(csv.find("run_id,task,width,depth,heads,params,init_seed,data_seed,seed,step,length,metric,value,status,"
                 "attempt,wall_s,device\n") == 0);
  CHECK(fs::exists(folder / "out/smoke/plan.json"));
  CHECK(std::distance(fs::directory_iterator(folder / "out/smoke/logs"), {}) == 1);
}

TEST_CASE("run: the addition twin of the smoke sweep works the same way", "[cli]") {
  const TempFolder folder;
  const Answer answer = seedscape::seedscape(folder, {"run", config_path("smoke_addition.yaml"), "--quiet"});
  INFO(answer.err);
  CHECK(answer.code == 0);
  CHECK(answer.err.empty());
  CHECK(bytes(folder, "out/smoke_addition/results.csv").find(",exact_match_digits,") != std::string::npos);
}

TEST_CASE("run: again trains nothing and leaves every byte as it was", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml")}).code == 0);
  const std::string csv = bytes(folder, "out/smoke/results.csv"), analysis = bytes(folder, "out/smoke/analysis.json"),
                    plan = bytes(folder, "out/smoke/plan.json");
  const Answer again = seedscape::seedscape(folder, {"run", config_path("smoke.yaml")});
  CHECK(again.code == 0);
  CHECK(again.err.find("to train") == std::string::npos);
  CHECK(bytes(folder, "out/smoke/results.csv") == csv);
  CHECK(bytes(folder, "out/smoke/analysis.json") == analysis);
  CHECK(bytes(folder, "out/smoke/plan.json") == plan);
  CHECK(std::distance(fs::directory_iterator(folder / "out/smoke/runs"), {}) == 1);
}

TEST_CASE("run: results do not depend on the number of workers, and more seeds train only themselves", "[cli]") {
  const TempFolder one, two;
  REQUIRE(seedscape::seedscape(
              one, {"run", config_path("smoke.yaml"), "--device", "cpu", "--workers", "1", "--set", "seeds.count=4"})
              .code == 0);
  REQUIRE(seedscape::seedscape(two, {"run", config_path("smoke.yaml"), "--device", "cpu", "--workers", "3"}).code == 0);
  const Answer grown = seedscape::seedscape(
      two, {"run", config_path("smoke.yaml"), "--device", "cpu", "--workers", "2", "--set", "seeds.count=4"});
  CHECK(grown.code == 0);
  CHECK(grown.err.find("2 of 8 runs to train") != std::string::npos);
  CHECK(timeless(bytes(one, "out/smoke/results.csv")) == timeless(bytes(two, "out/smoke/results.csv")));
}

TEST_CASE("run: an interrupt stops at the next step with 75, and the next run completes the same results", "[cli]") {
  const TempFolder disturbed, undisturbed;
  const std::vector<std::string> command{"run",   config_path("smoke.yaml"), "--device", "cpu", "--workers", "1",
                                         "--set", "train.steps=1000"};
  REQUIRE(seedscape::seedscape(undisturbed, command).code == 0);
  Child child(disturbed.path(), command);
  while (stored_runs(disturbed / "out/smoke/runs") < 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  kill(child.pid(), SIGINT);
  const Answer stopped = child.wait();
  CHECK(stopped.code == 75);
  CHECK(stopped.err.find("run the same command again to go on") != std::string::npos);
  const std::size_t before = stored_runs(disturbed / "out/smoke/runs");
  CHECK(before >= 2);
  CHECK(before < 6);
  CHECK(seedscape::seedscape(disturbed, command).code == 0);
  CHECK(stored_runs(disturbed / "out/smoke/runs") == 6);
  CHECK(timeless(bytes(disturbed, "out/smoke/results.csv")) == timeless(bytes(undisturbed, "out/smoke/results.csv")));
}

TEST_CASE("run: every library that computes is in what results were made with, and tells two builds apart", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--device", "cpu", "--set", "train.steps=2"})
              .code == 0);
  const fs::path own = folder / "out/smoke", other = folder / "other";
  const LoadedRecords results = load_records(own);
  REQUIRE(results.fingerprints.size() == 1);
  nlohmann::json made_with = results.fingerprints[0];
  for (const char* library : {"libtorch", "highway", "libc"}) {
    INFO(library);
    CHECK_FALSE(made_with.value(library, "").empty());
  }

  const std::string highway = made_with.at("highway").dump();
  made_with["highway"] = "9.9.9";
  fs::create_directory(other);
  fs::copy(own / "plan.json", other);
  ResultWriter writer(other, made_with);
  for (SeedRecord record : results.records) {
    record.train_loss = *record.train_loss * (1 + 1e-9);
    writer.runs.append(record);
  }
  const std::string warning =
      "the results come from different software or hardware, which need not give the same bits: highway ";
  const Answer merged = seedscape::seedscape(folder, {"merge", "out/smoke", "other", "-o", "all.csv"});
  CHECK(merged.code == 0);
  CHECK_THAT(merged.err, contains(warning + highway + ", \"9.9.9\"\n"));
  CHECK_THAT(merged.err, contains("6 further result(s) of the same runs differ, made by other software or hardware"));

  fs::copy(other / "runs", own / "runs");
  const Answer status = seedscape::seedscape(folder, {"status", "out/smoke"});
  CHECK(status.code == 0);
  CHECK_THAT(status.err, contains(warning) && contains(highway) && contains("\"9.9.9\""));
}

TEST_CASE("run: a time limit ends it with 75, resumable, and one that is none is refused", "[cli]") {
  const TempFolder folder;
  const std::vector<std::string> run{"run",   config_path("demo.yaml"), "--set", "seeds.count=1",
                                     "--set", "train.steps=100000"};
  auto limited = run;
  limited.insert(limited.end(), {"--time-limit", "0.3s"});
  const auto start = std::chrono::steady_clock::now();
  const Answer answer = seedscape::seedscape(folder, limited);
  CHECK(answer.code == 75);
  CHECK(answer.err.find("stopped with 0 of 4 runs stored") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  auto mistyped = run;
  mistyped.insert(mistyped.end(), {"--out", "x", "--time-limit", "soon"});
  const Answer refused = seedscape::seedscape(folder, mistyped);
  CHECK(refused.code == 2);
  CHECK(refused.err.find("--time-limit soon: expected a duration like 90s, 10m or 1h30m") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "x"));
}

TEST_CASE("run: killed without warning, it loses only the run it was at", "[cli]") {
  const TempFolder folder;
  const std::vector<std::string> command{"run",   config_path("smoke.yaml"), "--device", "cpu", "--workers", "1",
                                         "--set", "train.steps=1000"};
  Child child(folder.path(), command);
  while (stored_runs(folder / "out/smoke/runs") < 1) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  kill(child.pid(), SIGKILL);
  CHECK(child.wait().code == 128 + SIGKILL);
  const Answer status = seedscape::seedscape(folder, {"status", "out/smoke", "--json"});
  const auto counts = nlohmann::json::parse(status.out);
  CHECK(counts.at("done").get<int>() >= 1);
  CHECK(counts.at("done").get<int>() + counts.at("pending").get<int>() == 6);
  CHECK(seedscape::seedscape(folder, command).code == 0);
  CHECK(line_count(bytes(folder, "out/smoke/results.csv")) == 1 + 6 * (2 * 8 + 1));  // lengths x metrics, train_loss
  CHECK(nlohmann::json::parse(seedscape::seedscape(folder, {"status", "out/smoke", "--json"}).out).at("done") == 6);
}

TEST_CASE("run: killed in the middle of a run, it goes on from the last checkpoint to the same results", "[cli]") {
  const TempFolder disturbed, undisturbed;
  const std::vector<std::string> command{
      "run",   config_path("smoke.yaml"),    "--device", "cpu", "--workers", "1", "--set", "train.steps=3000",
      "--set", "store.checkpoint_every=0.01"};
  REQUIRE(seedscape::seedscape(undisturbed, command).code == 0);
  Child child(disturbed.path(), command);
  const auto checkpoints = disturbed / "out/smoke/checkpoints";
  const auto has_checkpoint = [&] {
    const auto names = list_folder(checkpoints);
    return std::ranges::any_of(names, [](const std::string& name) { return name.ends_with(".safetensors"); });
  };
  while (!has_checkpoint()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  kill(child.pid(), SIGKILL);
  CHECK(child.wait().code == 128 + SIGKILL);
  const Answer again = seedscape::seedscape(
      disturbed, {"run", config_path("smoke.yaml"), "--device", "cpu", "--workers", "1", "--verbose", "--set",
                  "train.steps=3000", "--set", "store.checkpoint_every=0.01"});
  CHECK(again.code == 0);
  CHECK(again.err.find(" goes on at step ") != std::string::npos);
  CHECK(timeless(bytes(disturbed, "out/smoke/results.csv")) == timeless(bytes(undisturbed, "out/smoke/results.csv")));
  for (const auto& left : fs::directory_iterator(checkpoints)) CHECK(left.path().extension() == ".tmp");
}

TEST_CASE("run: shards of a folder train disjoint parts, and the last one to end publishes them all", "[cli]") {
  const TempFolder parts, whole;
  REQUIRE(seedscape::seedscape(whole, {"run", config_path("smoke.yaml"), "--device", "cpu"}).code == 0);
  const std::vector<std::string> run{"run", config_path("smoke.yaml"), "--device", "cpu", "--shard"};
  for (const char* shard : {"0/4", "1/4", "2/4", "3/4"}) {
    const std::size_t before = stored_runs(parts / "out/smoke/runs");
    auto command = run;
    command.emplace_back(shard);
    CHECK(seedscape::seedscape(parts, command).code == 0);
    CHECK(stored_runs(parts / "out/smoke/runs") > before);
  }
  CHECK(stored_runs(parts / "out/smoke/runs") == 6);
  CHECK(timeless(bytes(parts, "out/smoke/results.csv")) == timeless(bytes(whole, "out/smoke/results.csv")));
}

TEST_CASE("run: a folder in use is left to its process with exit code 6, and is free when that was killed", "[cli]") {
  const TempFolder folder;
  const std::vector<std::string> command{"run",   config_path("smoke.yaml"), "--device", "cpu", "--workers", "1",
                                         "--set", "train.steps=1000"};
  Child child(folder.path(), command);
  while (stored_runs(folder / "out/smoke/runs") < 1) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  kill(child.pid(), SIGSTOP);  // it keeps the folder for as long as this test takes
  const Answer second = seedscape::seedscape(folder, command);
  CHECK(second.code == 6);
  CHECK(second.err.find("out/smoke: in use by process " + std::to_string(child.pid()) + " on ") != std::string::npos);
  CHECK(seedscape::seedscape(folder, {"clean", "out/smoke", "--checkpoints"}).code == 6);
  kill(child.pid(), SIGKILL);
  child.wait();
  CHECK(seedscape::seedscape(folder, command).code == 0);
}

TEST_CASE("clean: frees weights and checkpoints and says how much, in a result folder only", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder,
                               {"run", config_path("smoke.yaml"), "--device", "cpu", "--set", "store.weights=final"})
              .code == 0);
  const Answer cleaned = seedscape::seedscape(folder, {"clean", "out/smoke", "--weights", "--checkpoints"});
  CHECK(cleaned.code == 0);
  CHECK(cleaned.out.find("out/smoke/weights: 6 files, 0.1 MB\n") != std::string::npos);
  CHECK(cleaned.out.find("out/smoke/checkpoints: 0 files, 0.0 MB\n") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "out/smoke/weights"));
  CHECK(fs::exists(folder / "out/smoke/results.csv"));
  fs::create_directory(folder / "weights");
  CHECK(seedscape::seedscape(folder, {"clean", ".", "--weights"}).code == 2);
  CHECK(fs::exists(folder / "weights"));
  CHECK(seedscape::seedscape(folder, {"clean", "out/smoke"}).code == 2);
}

TEST_CASE("run: a changed plan is refused with the keys that differ, and nothing is touched", "[cli]") {
  const TempFolder folder;
  REQUIRE(seedscape::seedscape(folder, {"run", config_path("smoke.yaml")}).code == 0);
  const std::string plan = bytes(folder, "out/smoke/plan.json");
  const Answer refused =
      seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--set", "train.learning_rate=0.5"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("train.learning_rate: stored ") != std::string::npos);
  CHECK(bytes(folder, "out/smoke/plan.json") == plan);
}

TEST_CASE("run: a training that blows up is a diverged result with exit code 0", "[cli]") {
  const TempFolder folder;
  const Answer answer = seedscape::seedscape(
      folder, {"run", config_path("smoke.yaml"), "--set", "train.learning_rate=999", "--set", "train.warmup_steps=0"});
  INFO(answer.err);
  CHECK(answer.code == 0);
  const auto analysis = nlohmann::json::parse(bytes(folder, "out/smoke/analysis.json"));
  CHECK(analysis.at("source").at("diverged") == 6);
  CHECK(analysis.at("axes").at(0).at("views").at(0).at("scales").at(0).at("diverged") == 3);
  CHECK(bytes(folder, "out/smoke/results.csv").find(",exact_match,0,diverged,") != std::string::npos);
}

TEST_CASE("run: three mistakes in one config are three errors with positions, and nothing is written", "[cli]") {
  const TempFolder folder;
  std::string text = read_text(config_path("smoke.yaml"));
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("width:", "widht:");
  replace("batch: 4", "batch: four, batch: 4");
  std::ofstream(folder / "bad.yaml") << text;
  const Answer answer = seedscape::seedscape(folder, {"run", "bad.yaml"});
  CHECK(answer.code == 2);
  CHECK(answer.out.empty());
  CHECK(answer.err.find("model.widht: unknown key") != std::string::npos);
  CHECK(answer.err.find("did you mean model.width?") != std::string::npos);
  CHECK(answer.err.find("train.batch: duplicate key") != std::string::npos);
  CHECK(answer.err.find("bad.yaml:") == 0);
  CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("run: a device that is not there ends with 8 before anything is trained", "[cli]") {
  const TempFolder folder;
  for (const char* device : {"cuda:9", "cuda:9,0"}) {
    const Answer answer = seedscape::seedscape(folder, {"run", config_path("smoke.yaml"), "--device", device});
    CHECK(answer.code == 8);
    CHECK(answer.err.find("no such device: cuda:9 (") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "out"));
  }
}

TEST_CASE("run: an environment that would change the bits of a GPU is refused before anything is written", "[cli]") {
  const TempFolder folder;
  setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8", 1);
  const Answer answer = seedscape::seedscape(folder, {"run", config_path("smoke.yaml")});
  unsetenv("CUBLAS_WORKSPACE_CONFIG");
  CHECK(answer.code == 2);
  CHECK(answer.err.find("CUBLAS_WORKSPACE_CONFIG: expected :4096:8 or nothing; got :16:8") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("run: a CPU trains one seed at a time, another population is refused before anything is written", "[cli]") {
  const TempFolder folder;
  const std::vector<std::string> command{"run", config_path("smoke.yaml"), "--device", "cpu", "--population"};
  auto two = command, one = command;
  two.emplace_back("2");
  one.emplace_back("1");
  const Answer refused = seedscape::seedscape(folder, two);
  CHECK(refused.code == 2);
  CHECK(refused.err.find("--population 2: on the CPU each worker trains one seed at a time") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "out"));
  CHECK(seedscape::seedscape(folder, one).code == 0);
  const std::string log = read_text(fs::directory_iterator(folder / "out/smoke/runs")->path());
  CHECK(log.find("\"device\":\"cpu\"") != std::string::npos);
  CHECK(log.find("population") == std::string::npos);  // the default leaves the fingerprint as it was
}

TEST_CASE("run: question formation is measured at its length 0 too, by the auxiliary in front of the question",
          "[cli]") {
  const TempFolder folder;
  const Answer answer =
      seedscape::seedscape(folder, {"run", config_path("tasks/question_formation.yaml"), "--out", "q", "--set",
                                    "train.steps=20", "--set", "eval.sequences=16", "--set", "eval.mode=greedy"});
  INFO(answer.err);
  REQUIRE(answer.code == 0);
  const auto views = nlohmann::json::parse(read_text(folder / "q/analysis.json")).at("axes").at(0).at("views");
  CHECK(views.at(0).at("metric") == "main_auxiliary");
  CHECK(views.at(0).at("length") == 1);
  CHECK(std::any_of(views.begin(), views.end(),
                    [](const auto& view) { return view.at("metric") == "main_auxiliary" && view.at("length") == 0; }));
  const std::string csv = read_text(folder / "q/results.csv");
  CHECK(line_count(csv) == 1 + 4 * (3 * 9 + 1));  // two seeds: nine metrics at three lengths and a training loss
}
