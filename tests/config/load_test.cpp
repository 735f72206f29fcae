#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/config_text.h"

namespace seedscape {
namespace {

const ResolvedKey& resolved(const LoadedConfig& loaded, const std::string& key) {
  for (const ResolvedKey& entry : loaded.keys) {
    if (entry.key == key) return entry;
  }
  throw Error(ErrorKind::internal, "no key " + key);
}

SweepConfig loaded(const std::string& text, const std::vector<std::string>& settings = {}) {
  return parse_config(text, "a.yaml", settings).config;
}

const std::string kAddition = "task={kind: reverse_addition, train_length: [1, 3]}";

TEST_CASE("load: values reach their fields and the rest keeps its defaults", "[config]") {
  SweepConfig expected;
  expected.name = "tiny";
  expected.task.kind = "count";
  expected.task.vocabulary = 16;
  expected.task.train_length = {1, 4};
  expected.task.loss_on = "answer";
  expected.model.width = 16;
  expected.model.head_width = 8;
  expected.axes = {{"model.depth", {1, 2}, {}, {}}};
  expected.seeds.count = 3;
  expected.train.steps = 20;
  expected.train.batch = 4;
  expected.train.context = 24;
  expected.train.learning_rate = 0.003;
  expected.train.trainer = "fused";
  expected.eval.lengths = {4, 6};
  expected.analysis.length = 6;
  expected.analysis.success_threshold = 0.5;
  CHECK(loaded(kGoodConfig) == expected);
}

TEST_CASE("load: every key says where its value came from", "[config]") {
  const LoadedConfig config =
      parse_config(kGoodConfig, "a.yaml", {"seeds.count=5", kAddition, "axes=[{key: model.depth, values: [4]}]"});
  const auto source = [&](const std::string& key) { return resolved(config, key).source; };
  CHECK(source("name") == "a.yaml:2");
  CHECK(source("seeds.first") == "a.yaml:7");
  CHECK(source("seeds.count") == "--set");
  CHECK(source("task.train_length") == "--set");
  CHECK(source("axes") == "--set");
  CHECK(source("seeds.vary") == "default");
  CHECK(source("task.hint_max") == "derived");
  CHECK(source("train.trainer") == "derived");
  CHECK(source("model.depth") == "axes");
  CHECK(resolved(config, "seeds.count").value == 5);
  CHECK(resolved(config, "task.train_length").value == Value{1, 3});
  CHECK(resolved(config, "model.depth").value.is_null());
  CHECK_THROWS_AS(resolved(config, "task.vocabulary"), Error);  // addition does not read it
}

TEST_CASE("load: the hint pool reaches the largest test length unless the config says otherwise", "[config]") {
  CHECK(loaded(kGoodConfig, {kAddition, "eval.lengths=[3, 9, 6]"}).task.hint_max == 9);
  CHECK(loaded(kGoodConfig, {kAddition, "task.hint_max=20"}).task.hint_max == 20);
  CHECK_FALSE(loaded(kGoodConfig).task.hint_max.has_value());
}

TEST_CASE("load: what the loss counts follows from the task unless the config says otherwise", "[config]") {
  CHECK(loaded(kGoodConfig).task.loss_on == "answer");
  CHECK(loaded(kGoodConfig, {kAddition}).task.loss_on == "answer");
  CHECK(loaded(kGoodConfig, {"task={kind: question_formation}"}).task.loss_on == "all");
  CHECK(loaded(kGoodConfig, {"task.loss_on=all"}).task.loss_on == "all");
  CHECK(resolved(parse_config(kGoodConfig, "a.yaml"), "task.loss_on").source == "derived");
  CHECK(resolved(parse_config(kGoodConfig, "a.yaml", {"task.loss_on=all"}), "task.loss_on").source == "--set");
}

TEST_CASE("load: the trainer is resolved on axes too", "[config]") {
  const std::string text = with("values: [1, 2]}", "values: [1, 2], with: {train.trainer: auto}}");
  CHECK(loaded(text).axes[0].with.at("train.trainer") == "fused");
}

TEST_CASE("load: a setting replaces the file's value, the last one counts", "[config]") {
  CHECK(loaded(kGoodConfig, {"train.steps=7"}).train.steps == 7);
  CHECK(loaded(kGoodConfig, {"train.steps=7", "train.steps=8"}).train.steps == 8);
  CHECK(loaded(kGoodConfig, {"store.weights=none"}) == loaded(kGoodConfig));
  CHECK(loaded(kGoodConfig, {"axes=[{key: model.depth, values: [3]}]"}).axes ==
        std::vector<AxisConfig>{{"model.depth", {3}, {}, {}}});
  CHECK(loaded(with("steps: 20, ", ""), {"train.steps=9"}).train.steps == 9);
  CHECK(loaded(with("seeds: {first: 0, count: 3}\n", ""), {"seeds.count=4"}).seeds.count == 4);
}

TEST_CASE("load: a setting that changes a value of the file is told, with both", "[config]") {
  const auto replaced = [](const std::vector<std::string>& settings) {
    return parse_config(kGoodConfig, "a.yaml", settings).replaced;
  };
  CHECK(replaced({"train.steps=7", "train.batch=4", "store.weights=final"}) ==
        std::vector<std::string>{"a.yaml:8:16: train.steps: 20 is replaced by 7"});
  CHECK(replaced({"train.steps=7", "train.steps=8"}).back() == "--set:1:13: train.steps: 7 is replaced by 8");
  CHECK(replaced({"seeds={count: 4}"}) == std::vector<std::string>{"a.yaml:7:8: seeds: a map is replaced by a map"});
  CHECK(replaced({}).empty());
}

TEST_CASE("load: a setting of a section replaces the section", "[config]") {
  CHECK(loaded(kGoodConfig, {"seeds={count: 4}"}).seeds.count == 4);
  CHECK(errors_of(kGoodConfig, {"seeds={first: 4}"}) ==
        "--set:1:1: seeds.count: is missing; expected an integer from 1 to 9007199254740991; got nothing");
  CHECK(errors_of(kGoodConfig, {"seeds=4"}) == "--set:1:1: seeds: is not a map; expected a map of keys; got 4");
}

TEST_CASE("load: errors in settings are counted by setting and column, after those of the file", "[config]") {
  CHECK(errors_of(with("batch: 4", "batch: x"), {"train.steps=1e3", "model.widht=3", "nonsense", "=1"}) ==
        "a.yaml:8:27: train.batch: is not an integer; expected an integer from 1 to 65536; got x\n"
        "--set:1:13: train.steps: is not an integer; expected an integer from 1 to 1000000000; got 1e3\n"
        "--set:2:1: model.widht: unknown key; expected a key of model; got widht (did you mean model.width?)\n"
        "--set:3:1: config: is no setting; expected key=value; got nonsense\n"
        "--set:4:1: config: is no setting; expected key=value; got =1");
  CHECK(errors_of(kGoodConfig, {"axes=[{key: model.depth, values: [1, 1]}]"}) ==
        "--set:1:38: axes[0].values[1]: duplicate value; expected each value once; got 1");
  CHECK(errors_of(kGoodConfig, {"train.steps="}) ==
        "--set:1:1: train.steps: has no value; expected an integer from 1 to 1000000000; got null");
  CHECK(errors_of(kGoodConfig, {"train.steps=[1"}) ==
        "--set:1:15: config: is not valid YAML (a [ without its ]); expected well-formed YAML; got the end "
        "of the file");
  CHECK(errors_of(kGoodConfig, {"name=a\nb"}) ==
        "--set:1:1: config: holds a control character or is not UTF-8; expected one line of text; got name=a\\x0ab");
  CHECK(errors_of(kGoodConfig, {"name=&x a"}) ==
        "--set:1:6: name: has an anchor; expected the value itself; got an anchor");
}

TEST_CASE("load: a dumped config loads as the same config", "[config]") {
  const std::string axes =
      "axes=[{key: train.learning_rate, values: [0.1, 2], with: {model.depth: 2}}, "
      "{key: task.train_length, values: [[1, 2]], zip: {model.depth: [3]}}]";
  const std::vector<std::vector<std::string>> variants = {
      {},
      {axes},
      {kAddition},
      {"task={kind: question_formation}", "eval.lengths=[0, 1]", "analysis.length=0"},
      {"eval.compare_end=false", "train.learning_rate=1e-7", "seeds.first=9007199254740000"}};
  for (const auto& settings : variants) {
    const SweepConfig config = loaded(kGoodConfig, settings);
    CHECK(parse_config(to_json(config).dump(), "dump").config == config);
  }
}

TEST_CASE("load: a dump leaves out what has no value in its section", "[config]") {
  const nlohmann::json dump = to_json(loaded(kGoodConfig));
  CHECK(dump["schema"] == 1);
  CHECK(dump["train"]["warmup_steps"] == 500);
  CHECK_FALSE(dump["model"].contains("depth"));
  CHECK_FALSE(dump["eval"].contains("compare_end"));
  CHECK_FALSE(dump["task"].contains("hint_max"));
  CHECK_FALSE(dump["task"].contains("base"));
}

TEST_CASE("load: every shipped config loads and none loads when it is cut", "[config]") {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SEEDSCAPE_SOURCE_DIR "/configs")) {
    if (entry.path().extension() != ".yaml") continue;
    INFO(entry.path());
    ++count;
    const LoadedConfig config = load_config(entry.path());
    CHECK(config.config.name == entry.path().stem());
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string whole = text.str();
    for (std::size_t end = 0; end < whole.size(); ++end) {
      // Without a newline at the end any text is refused, which one cut in each line shows well enough.
      if (whole[end] == '\n') {
        CHECK(errors_of(whole.substr(0, end)) != "accepted");
        if (end + 1 < whole.size()) CHECK(errors_of(whole.substr(0, end + 1)) != "accepted");
      }
    }
  }
  CHECK(count >= 7);
}

}  // namespace
}  // namespace seedscape
