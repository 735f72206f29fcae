#include "config/config_text.h"

namespace seedscape {
namespace {

std::string nested(int levels) {
  return "a: " + std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']') + "\n";
}

TEST_CASE("yaml: broken syntax is refused at its place", "[config]") {
  CHECK(errors_of(with("  - {key", "\t- {key")) ==
        "a.yaml:6:1: config: is indented with a tab; expected spaces; got a tab");
  CHECK(errors_of(with("0.5}", "0.5")) ==
        "a.yaml:11:1: config: is not valid YAML (a { without its }); expected well-formed YAML; got the end of "
        "the file");
  CHECK(errors_of(with("[1, 2]}", "[1, 2}")) ==
        "a.yaml:6:37: config: is not valid YAML (a closing bracket without its opening one); expected well-formed "
        "YAML; got }");
  CHECK(errors_of(with("tiny", "%s{}")) ==
        "a.yaml:2:7: config: is not valid YAML (a character that no value begins with); expected well-formed YAML; got "
        "%s{}");
}

TEST_CASE("yaml: an unclosed quote is refused although the library takes it", "[config]") {
  CHECK(errors_of(kGoodConfig + "x: \"abc\n") ==
        "a.yaml:11:4: x: has an unclosed quote; expected a closing \"; got the end of the file");
  CHECK(errors_of(kGoodConfig + "x: 'it''s\n") ==
        "a.yaml:11:4: x: has an unclosed quote; expected a closing '; got the end of the file");
  CHECK(errors_of(kGoodConfig + "x: \"a\\\"\n") ==
        "a.yaml:11:4: x: has an unclosed quote; expected a closing \"; got the end of the file");
  CHECK(errors_of(with("tiny", "\"tiny\"")) == "accepted");
  CHECK(errors_of(with("tiny", "'tiny'")) == "accepted");
}

TEST_CASE("yaml: a second document is refused", "[config]") {
  CHECK(errors_of(kGoodConfig + "---\na: 1\n") ==
        "a.yaml:11:1: config: has a second document; expected one document; got another");
  CHECK(errors_of(kGoodConfig + "...\na: 1\n") ==
        "a.yaml:12:1: config: has a second document; expected one document; got another");
}

TEST_CASE("yaml: a root that is no map is refused", "[config]") {
  CHECK(errors_of("- a\n") == "a.yaml:1:1: config: is not a map; expected a map of keys; got a list");
  CHECK(errors_of("hello\n") == "a.yaml:1:1: config: is not a map; expected a map of keys; got hello");
}

TEST_CASE("yaml: a duplicate key names both lines", "[config]") {
  CHECK(errors_of(kGoodConfig + "name: two\n") ==
        "a.yaml:11:1: name: duplicate key, first on line 2; expected each key once; got a second value");
  CHECK(errors_of(with("batch: 4", "steps: 4, batch: 4")) ==
        "a.yaml:8:20: train.steps: duplicate key, first on line 8; expected each key once; got a second value");
}

TEST_CASE("yaml: anchors, aliases, tags and merge keys are refused", "[config]") {
  CHECK(errors_of(with("tiny", "&x tiny")) ==
        "a.yaml:2:7: name: has an anchor; expected the value itself; got an anchor");
  CHECK(errors_of(with("tiny", "*x")) ==
        "a.yaml:2:7: config: is not valid YAML (an alias of nothing); "
        "expected well-formed YAML; got *x");
  const std::string cyclic = "store: &x [1, *x]\n";
  CHECK(errors_of(cyclic) == "a.yaml:1:8: store: has an anchor; expected the value itself; got an anchor");
  const std::string bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
  CHECK(errors_of(bomb) == "a.yaml:1:4: a: has an anchor; expected the value itself; got an anchor");
  CHECK(errors_of(with("count: 3", "count: !!int 3")) ==
        "a.yaml:7:26: seeds.count: has a tag; expected an untagged value; got !!int 3}");
  CHECK(errors_of(with("count: 3", "count: ! 3")) ==
        "a.yaml:7:26: seeds.count: has a tag; expected an untagged value; got ! 3}");
  CHECK(errors_of("store: !shell {weights: none}\n") ==
        "a.yaml:1:8: store: has a tag; expected an untagged value; got !shell {weights: none}");
  CHECK(errors_of(with("{first", "{<<: {first: 1}, first")) ==
        "a.yaml:7:9: seeds: has a merge key; expected the keys themselves; got <<");
}

TEST_CASE("yaml: keys are texts", "[config]") {
  CHECK(errors_of("? [a]\n: b\n") == "a.yaml:1:3: config: has a key that is not text; expected text; got a list");
  CHECK(errors_of("~: b\n") == "a.yaml:1:1: config: has a key that is not text; expected text; got null");
}

TEST_CASE("yaml: what is wrong with broken YAML is said in our own words", "[config]") {
  const auto reason = [](const std::string& text) {
    const std::string message = errors_of(text), start = "is not valid YAML (";
    const std::size_t at = message.find(start);
    REQUIRE(at != std::string::npos);
    return message.substr(at + start.size(), message.find(')', at) - at - start.size());
  };
  CHECK(reason("a: b: c\n") == "a colon where no value can follow");
  CHECK(reason("a: - b\n") == "a list item where none can stand");
  CHECK(reason("a: ? b\n") == "a key where none can stand");
  CHECK(reason("a:\n  b: 1\n c: 2\n") == "a line that is indented less or more than the keys around it");
  CHECK(reason("a: \"x\n---\n") == "a quote without its end");
  CHECK(reason("a: \"\\q\"\n") == "an unknown escape after a backslash");
  CHECK(reason("a: \"\\xzz\"\n") == "an escape that is no hexadecimal number");
  CHECK(reason("a: \"\\ud800\"\n") == "an escape that is no character of Unicode");
}

TEST_CASE("yaml: depth and size are limited", "[config]") {
  const std::string path = "a[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]";
  for (const int levels : {16, 600, 100'000}) {  // one more level is the root's own
    CHECK(errors_of(nested(levels)) ==
          "a.yaml:1:19: " + path + ": is nested too deep; expected at most 16 levels; got more");
  }
  CHECK_THAT(errors_of(nested(15)), contains("a.yaml:1:1: a: unknown key;"));
  std::string list = "a: [1";
  for (int i = 2; i <= 9997; ++i) list += ",1";  // with the map, the key and the list: 10,000 nodes
  CHECK_THAT(errors_of(list + "]\n"), contains("a.yaml:1:1: a: unknown key;"));
  CHECK(errors_of(list + ",1]\n") ==
        "a.yaml:1:19999: a[9997]: comes after too many values; expected at most 10000 values; got more");
}

TEST_CASE("json: a file is JSON by its name or its first character", "[config]") {
  const std::string json = to_json(parse_config(kGoodConfig, "a.yaml").config).dump();
  CHECK(errors_of(json, {}, "a.json") == "accepted");
  CHECK(errors_of("\n " + json, {}, "a.txt") == "accepted");
  CHECK(errors_of("a: 1\n", {}, "a.json") ==
        "a.json:1:1: config: is not valid JSON; expected well-formed JSON; got a: 1");
  CHECK(errors_of("{\"a\": 1,}", {}, "a") == "a:1:9: config: is not valid JSON; expected well-formed JSON; got }");
  CHECK_THAT(errors_of("{a: 1}\n", {}, "a.yaml"), contains("a.yaml:1:2: a: unknown key;"));
}

TEST_CASE("json: every prefix of a config is refused", "[config]") {
  const std::string json = to_json(parse_config(kGoodConfig, "a.yaml").config).dump(1);
  for (std::size_t length = 0; length < json.size(); ++length) {
    INFO("first " << length << " bytes");
    CHECK(errors_of(json.substr(0, length), {}, "a.json") != "accepted");
  }
}

TEST_CASE("json: duplicates, depth and types are checked as in YAML", "[config]") {
  const auto json = [](const std::string& piece) {
    return "{\"schema\": 1, \"name\": \"a\", \"task\": {\"kind\": \"count\", \"vocabulary\": 9, \"train_length\": [1, "
           "2]},\n"
           "\"model\": {\"width\": 8, \"head_width\": 8}, \"axes\": [{\"key\": \"model.depth\", \"values\": [1]}],\n"
           "\"seeds\": {\"count\": 1}, \"train\": {\"steps\": 1, \"batch\": 1, \"context\": 9, \"learning_rate\": 1},\n"
           "\"eval\": {\"lengths\": [2]}, \"analysis\": {\"length\": 2, \"success_threshold\": 1},\n" +
           piece + "}";
  };
  CHECK(errors_of(json("\"store\": {}"), {}, "a.json") == "accepted");
  CHECK(errors_of(json("\"name\": \"b\""), {}, "a.json") ==
        "a.json:5:1: name: duplicate key, first on line 1; expected each key once; got a second value");
  CHECK(errors_of(json("\"store\": {\"weights\": null}"), {}, "a.json") ==
        "a.json:5:11: store.weights: has no value; expected one of none, final, all; got null");
  CHECK(errors_of(json("\"store\": {\"weights\": true}"), {}, "a.json") ==
        "a.json:5:22: store.weights: is not text; expected one of none, final, all; got true");
  CHECK(errors_of(json("\"store\": {\"weights\": -1e400}"), {}, "a.json") ==
        "a.json:5:22: config: holds a number too large for a double; expected at most 1.8e308; got -1e400");
  CHECK_THAT(errors_of("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", {}, "a.json"),
             contains("a.json:1:21: a[0]") && contains("is nested too deep; expected at most 16 levels; got more"));
}

}  // namespace
}  // namespace seedscape
