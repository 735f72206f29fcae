#include "config/config_text.h"

namespace seedscape {
namespace {

TEST_CASE("keys: an unknown key gets a suggestion", "[config]") {
  CHECK(errors_of(with("{width: 16", "{widht: 16")) ==
        "a.yaml:4:9: model.widht: unknown key; expected a key of model; got widht (did you mean model.width?)");
  CHECK(errors_of(with("head_width: 8", "head_width: 8, warmup_steps: 1")) ==
        "a.yaml:4:35: model.warmup_steps: unknown key; expected a key of model; got warmup_steps "
        "(did you mean train.warmup_steps?)");
  CHECK(errors_of(kGoodConfig + "vary: init\n") ==
        "a.yaml:11:1: vary: unknown key; expected a key of the config; got vary (did you mean seeds.vary?)");
  CHECK(errors_of(with("head_width: 8", "head_width: 8, xyzzy: 1")) ==
        "a.yaml:4:35: model.xyzzy: unknown key; expected a key of model; got xyzzy");
  CHECK(errors_of(kGoodConfig + "\"a\\e[31m\": 1\n") ==
        "a.yaml:11:1: a\\x1b[31m: unknown key; expected a key of the config; got a\\x1b[31m");
}

TEST_CASE("keys: a misspelt section excuses the keys that stand in it", "[config]") {
  CHECK(errors_of(with("seeds:", "sedes:")) ==
        "a.yaml:7:1: sedes: unknown key; expected a key of the config; got sedes (did you mean seeds?)");
}

TEST_CASE("keys: a dotted key at the root is refused with the form to use", "[config]") {
  CHECK(errors_of(kGoodConfig + "seeds.vary: init\n") ==
        "a.yaml:11:1: seeds.vary: is written with a dot; expected seeds: {vary: ...}; got seeds.vary");
}

TEST_CASE("keys: a section that is no map is refused", "[config]") {
  CHECK(errors_of(with("seeds: {first: 0, count: 3}", "seeds: 3")) ==
        "a.yaml:7:1: seeds: is not a map; expected a map of keys; got 3");
  CHECK(errors_of(kGoodConfig + "store:\n") == "a.yaml:11:1: store: is not a map; expected a map of keys; got null");
}

TEST_CASE("keys: a missing key is reported where its section begins", "[config]") {
  const auto without = [](const std::string& piece) { return errors_of(with(piece, "")); };
  CHECK(without("name: tiny\n") ==
        "a.yaml:1:1: name: is missing; expected a name of 1 to 64 characters a-z 0-9 . _ -, "
        "the first a letter or digit; got nothing");
  CHECK(without("kind: count, ") ==
        "a.yaml:3:1: task.kind: is missing; expected one of " + all_kinds() + "; got nothing");
  CHECK(without("vocabulary: 16, ") ==
        "a.yaml:3:1: task.vocabulary: is missing; expected an integer from 1 to 1000000; got nothing");
  CHECK(without(", train_length: [1, 4]") ==
        "a.yaml:3:1: task.train_length: is missing; expected [min, max] with 1 <= min <= max <= 1000000; got nothing");
  CHECK(without("width: 16, ") ==
        "a.yaml:4:1: model.width: is missing; expected an integer from 1 to 65536; got nothing");
  CHECK(without(", head_width: 8") ==
        "a.yaml:4:1: model.head_width: is missing; expected an integer from 1 to 65536; got nothing");
  CHECK(without(", count: 3") ==
        "a.yaml:7:1: seeds.count: is missing; expected an integer from 1 to 9007199254740991; got nothing");
  CHECK(without("steps: 20, ") ==
        "a.yaml:8:1: train.steps: is missing; expected an integer from 1 to 1000000000; got nothing");
  CHECK(without("batch: 4, ") ==
        "a.yaml:8:1: train.batch: is missing; expected an integer from 1 to 65536; got nothing");
  CHECK(without("context: 24, ") ==
        "a.yaml:8:1: train.context: is missing; expected an integer from 2 to 1000000; got nothing");
  CHECK(without(", learning_rate: 0.003") ==
        "a.yaml:8:1: train.learning_rate: is missing; expected a number above 0 and below 1000; got nothing");
  CHECK(without("lengths: [4, 6]") ==
        "a.yaml:9:1: eval.lengths: is missing; expected a list of different integers from 0 to 1000000; got nothing");
  CHECK(without("length: 6, ") ==
        "a.yaml:10:1: analysis.length: is missing; expected an integer from 0 to 1000000; got nothing");
  CHECK(without(", success_threshold: 0.5") ==
        "a.yaml:10:1: analysis.success_threshold: is missing; expected a number from 0 to 1; got nothing");
}

TEST_CASE("keys: keys of a missing section are reported at the root", "[config]") {
  CHECK(errors_of(with("analysis: {length: 6, success_threshold: 0.5}\n", "")) ==
        "a.yaml:1:1: analysis.length: is missing; expected an integer from 0 to 1000000; got nothing\n"
        "a.yaml:1:1: analysis.success_threshold: is missing; expected a number from 0 to 1; got nothing");
}

TEST_CASE("keys: a key that the task does not read is refused", "[config]") {
  CHECK(errors_of(with("vocabulary: 16", "vocabulary: 16, base: 2")) ==
        "a.yaml:3:43: task.base: is not used by task count; expected one of vocabulary, train_length, packing, "
        "cut_examples, "
        "loss_on; got base");
  CHECK(errors_of(with("kind: count", "kind: reverse_addition")) ==
        "a.yaml:3:44: task.vocabulary: is not used by task reverse_addition; expected one of train_length, base, "
        "hint_max, "
        "hint_tokens, hint_order, carry, operand_lengths, digits, packing, cut_examples, loss_on; got vocabulary");
  CHECK(errors_of(with("[1, 2]}", "[1, 2], with: {task.base: 2}}")) ==
        "a.yaml:6:58: task.base: is not used by task count; expected one of vocabulary, train_length, packing, "
        "cut_examples, "
        "loss_on; got base");
}

TEST_CASE("keys: a typo, a wrong type and a duplicate key are reported in one go, in order", "[config]") {
  CHECK(errors_of("schema: 1\n"
                  "name: tiny\n"
                  "task: {kind: count, vocabulary: 16, train_length: [1, 4]}\n"
                  "model:\n"
                  "  widht: 16\n"
                  "  head_width: eight\n"
                  "axes:\n"
                  "  - {key: model.depth, values: [1, 2]}\n"
                  "seeds: {first: 0, count: 3}\n"
                  "train: {steps: 20, batch: 4, context: 24, learning_rate: 0.003, steps: 30}\n"
                  "eval: {lengths: [4, 6]}\n"
                  "analysis: {length: 6, success_threshold: 0.5}\n") ==
        "a.yaml:5:3: model.widht: unknown key; expected a key of model; got widht (did you mean model.width?)\n"
        "a.yaml:6:15: model.head_width: is not an integer; expected an integer from 1 to 65536; got eight\n"
        "a.yaml:10:65: train.steps: duplicate key, first on line 10; expected each key once; got a second value");
}

TEST_CASE("keys: after twenty errors the rest is counted", "[config]") {
  std::string text = kGoodConfig, expected;
  for (int i = 0; i < 23; ++i) {
    const std::string key = "qqqqq" + std::to_string(i), line = std::to_string(11 + i);
    text += key + ": 1\n";
    if (i < 20)
      expected += "a.yaml:" + line + ":1: " + key + ": unknown key; expected a key of the config; got " + key + "\n";
  }
  CHECK(errors_of(text) == expected + "... and 3 more");
}

}  // namespace
}  // namespace seedscape
