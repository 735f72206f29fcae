#include "config/config_text.h"

namespace seedscape {
namespace {

const std::string kAxis = "{key: model.depth, values: [1, 2]}";

std::string axis_errors(const std::string& axis) { return errors_of(with(kAxis, axis)); }

TEST_CASE("axes: a list of at least one axis is required", "[config]") {
  const std::string expected = "expected a list of axes like {key: model.depth, values: [1, 2]}; got ";
  // Depth is given besides, so that only the axes are at fault.
  const auto errors = [](const std::string& axes) {
    std::string text = with("width: 16", "width: 16, depth: 1");
    return errors_of(text.replace(text.find("axes:\n  - " + kAxis + "\n"), 10 + kAxis.size() + 1, axes));
  };
  CHECK(errors("") == "a.yaml:1:1: axes: is missing; " + expected + "nothing");
  CHECK(errors("axes:\n") == "a.yaml:5:1: axes: is not a list; " + expected + "null");
  CHECK(errors("axes: {key: model.depth}\n") == "a.yaml:5:7: axes: is not a list; " + expected + "a map");
  CHECK(errors("axes: []\n") == "a.yaml:5:7: axes: is empty; " + expected + "[]");
  CHECK(errors("axes: [model.depth]\n") ==
        "a.yaml:5:8: axes[0]: is not an axis; expected a map {key, values, with, zip}; got model.depth");
}

TEST_CASE("axes: an axis has a key, values and known parts", "[config]") {
  CHECK(axis_errors("{key: model.depth, vals: [1, 2]}") ==
        "a.yaml:6:5: axes[0].values: is missing; expected a list of values; got nothing\n"
        "a.yaml:6:24: axes[0].vals: unknown key; expected key, values, with or zip; got vals (did you mean values?)");
  CHECK(axis_errors("{key: model.depht, values: [1, 2]}") ==
        "a.yaml:6:11: axes[0].key: unknown key; expected a full key like model.width; got model.depht "
        "(did you mean model.depth?)");
  CHECK(axis_errors("{key: model.depth, values: []}") ==
        "a.yaml:6:32: axes[0].values: is empty; expected a list of values; got []");
  CHECK(axis_errors("{key: model.depth, values: 3}") ==
        "a.yaml:6:32: axes[0].values: is not a list; expected a list of values; got 3");
}

TEST_CASE("axes: only what a training depends on can vary", "[config]") {
  const std::string depth = "a.yaml:4:1: model.depth: is missing; expected an integer from 1 to 1024; got nothing\n";
  for (const std::string key : {"eval.batch", "task.kind", "seeds.count", "axes", "analysis.bins"}) {
    CHECK(axis_errors("{key: " + key + ", values: [1, 2]}") ==
          depth +
              "a.yaml:6:11: axes[0].key: cannot vary; expected a task, model or train key other than task.kind; got " +
              key);
  }
}

TEST_CASE("axes: values are typed and checked by their key", "[config]") {
  CHECK(axis_errors("{key: model.depth, values: [1, x, 0]}") ==
        "a.yaml:6:36: axes[0].values[1]: is not an integer; expected an integer from 1 to 1024; got x\n"
        "a.yaml:6:39: axes[0].values[2]: is out of range; expected an integer from 1 to 1024; got 0");
  CHECK(axis_errors("{key: model.depth, values: [1, 2, 1]}") ==
        "a.yaml:6:39: axes[0].values[2]: duplicate value; expected each value once; got 1");
  CHECK(axis_errors("{key: model.depth, values: [1], with: {train.steps: 0}}") ==
        "a.yaml:6:57: axes[0].with.train.steps: is out of range; expected an integer from 1 to 1000000000; got 0");
  CHECK(axis_errors("{key: model.depth, values: [1], zip: {train.steps: [0]}}") ==
        "a.yaml:6:57: axes[0].zip.train.steps[0]: is out of range; expected an integer from 1 to 1000000000; got 0");
}

TEST_CASE("axes: numbers, texts and length ranges can vary", "[config]") {
  const std::string text = with(kAxis,
                                "{key: train.learning_rate, values: [0.01, 1], with: {model.depth: 1}}\n"
                                "  - {key: model.residual, values: [sequential, parallel], with: {model.depth: 1}}\n"
                                "  - {key: task.train_length, values: [[1, 2], [1, 4]], zip: {model.depth: [2, 3]}}");
  const std::vector<AxisConfig> axes = parse_config(text, "a.yaml").config.axes;
  REQUIRE(axes.size() == 3);
  CHECK(axes[0] == AxisConfig{"train.learning_rate", {0.01, 1.0}, {{"model.depth", 1}}, {}});
  CHECK(axes[1] == AxisConfig{"model.residual", {"sequential", "parallel"}, {{"model.depth", 1}}, {}});
  CHECK(axes[2] == AxisConfig{"task.train_length", {Value{1, 2}, Value{1, 4}}, {}, {{"model.depth", {2, 3}}}});
}

TEST_CASE("axes: two axes on one key are refused", "[config]") {
  CHECK(axis_errors(kAxis + "\n  - {key: model.depth, values: [3], with: {model.width: 32}}") ==
        "a.yaml:7:5: axes[1].key: is the key of axes[0] too; expected one axis a key; got model.depth");
}

TEST_CASE("axes: with and zip set other keys, once, and zip one value for each", "[config]") {
  CHECK(axis_errors("{key: model.depth, values: [1, 2], with: {model.depth: 1}}") ==
        "a.yaml:6:47: axes[0].with.model.depth: is the axis's own key; expected another key; got model.depth");
  CHECK(axis_errors("{key: model.depth, values: [1, 2], with: {train.steps: 1}, zip: {train.steps: [1, 2]}}") ==
        "a.yaml:6:70: axes[0].zip.train.steps: is in both with and zip; expected one of the two; got train.steps");
  CHECK(axis_errors("{key: model.depth, values: [1, 2], zip: {train.steps: [5]}}") ==
        "a.yaml:6:59: axes[0].zip.train.steps: has another length than values; expected 2 values; got 1");
  CHECK(axis_errors("{key: model.depth, values: [1, 2], zip: {train.steps: [5, 5]}}") == "accepted");
  CHECK(axis_errors("{key: model.depth, values: [1, 2], with: [model.width]}") ==
        "a.yaml:6:40: axes[0].with: is not a map; expected a map of full keys and values; got a list");
  CHECK(axis_errors("{key: model.depth, values: [1, 2], with: {model.widht: 1}}") ==
        "a.yaml:6:47: axes[0].with.model.widht: unknown key; expected a full key like model.width; got model.widht "
        "(did you mean model.width?)");
}

TEST_CASE("axes: a key may come from every axis instead of its section, not from some of them", "[config]") {
  CHECK(
      axis_errors(kAxis + "\n  - {key: model.width, values: [16]}") ==
      "a.yaml:4:1: model.depth: is missing on axes[1] (model.width); expected an integer from 1 to 1024; got nothing");
  CHECK(axis_errors(kAxis + "\n  - {key: model.width, values: [16], with: {model.depth: 1}}") == "accepted");
  CHECK(axis_errors(kAxis + "\n  - {key: model.width, values: [16], zip: {model.depth: [1]}}") == "accepted");
}

}  // namespace
}  // namespace seedscape
