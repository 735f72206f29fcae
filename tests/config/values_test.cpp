#include "config/config_text.h"

namespace seedscape {
namespace {

std::string steps(const std::string& value) { return errors_of(with("steps: 20", "steps: " + value)); }
std::string steps_error(const std::string& what, const std::string& got) {
  return "a.yaml:8:16: train.steps: " + what + "; expected an integer from 1 to 1000000000; got " + got;
}

std::string rate(const std::string& value) { return errors_of(with("rate: 0.003", "rate: " + value)); }
std::string rate_error(const std::string& what, const std::string& got) {
  return "a.yaml:8:58: train.learning_rate: " + what + "; expected a number above 0 and below 1000; got " + got;
}

std::string name(const std::string& value) { return errors_of(with("name: tiny", "name: " + value)); }
std::string name_error(const std::string& what, const std::string& got) {
  return "a.yaml:2:7: name: " + what +
         "; expected a name of 1 to 64 characters a-z 0-9 . _ -, the first a letter or digit; got " + got;
}

TEST_CASE("values: an integer is plain decimal digits", "[config]") {
  for (const std::string text :
       {"010", "0x10", "0b1", "1_000", "1e3", "3.7", "20.0", "+5", "-0", "5 6", "twenty", "true"}) {
    CHECK(steps(text) == steps_error("is not an integer", text));
  }
  CHECK(steps("\"5\"") == steps_error("is text because of its quotes", "\"5\""));
  CHECK(steps("{a: 1}") == steps_error("is not an integer", "a map"));
  CHECK(steps("[20]") == steps_error("is not an integer", "[20]"));
  CHECK(steps("1000000000") == "accepted");
}

TEST_CASE("values: an integer out of its range is told from a wrong one", "[config]") {
  for (const std::string text : {"0", "-1", "1000000001", "9223372036854775808", "18446744073709551616"}) {
    CHECK(steps(text) == steps_error("is out of range", text));
  }
}

TEST_CASE("values: a key without value is refused at the key", "[config]") {
  for (const std::string text : {"", "~", "null"}) {
    CHECK(steps(text) == "a.yaml:8:9: train.steps: has no value; expected an integer from 1 to 1000000000; got null");
  }
}

TEST_CASE("values: a number is finite and in JSON's form", "[config]") {
  for (const std::string text : {".nan", ".inf", "-.inf", "nan", "1e400", "0.1abc", ".5", "1.", "0x1p3", "yes"}) {
    CHECK(rate(text) == rate_error("is not a finite number", text));
  }
  for (const std::string text : {"0", "-1", "1000", "1e-400"}) CHECK(rate(text) == rate_error("is out of range", text));
  CHECK(rate("\"0.1\"") == rate_error("is text because of its quotes", "\"0.1\""));
  CHECK(errors_of(with("learning_rate: 0.003}", "\n  learning_rate: 0,1}")) ==
        "a.yaml:9:18: train.learning_rate: is out of range; expected a number above 0 and below 1000; got 0\n"
        "a.yaml:9:20: train.1: unknown key; expected a key of train; got 1");
}

TEST_CASE("values: a decimal comma is refused where it does not split a flow map", "[config]") {
  CHECK(errors_of(with("train: {steps: 20, batch: 4, context: 24, learning_rate: 0.003}",
                       "train:\n  steps: 20\n  batch: 4\n  context: 24\n  learning_rate: 0,1")) ==
        "a.yaml:12:18: train.learning_rate: is not a finite number; expected a number above 0 and below 1000; got 0,1");
}

TEST_CASE("values: a number may be written as an integer or with an exponent", "[config]") {
  CHECK(parse_config(with("rate: 0.003", "rate: 1"), "a.yaml").config.train.learning_rate == 1.0);
  CHECK(parse_config(with("rate: 0.003", "rate: 3e-3"), "a.yaml").config.train.learning_rate == 0.003);
}

TEST_CASE("values: only true and false are bools", "[config]") {
  const auto compare_end = [](const std::string& text) { return with("[4, 6]", "[4, 6], compare_end: " + text); };
  for (const std::string text : {"yes", "on", "1", "True", "\"true\"", "[true]"}) {
    CHECK(errors_of(compare_end(text)) ==
          "a.yaml:9:38: eval.compare_end: is not true or false; expected true or false; got " + text);
  }
  CHECK(parse_config(compare_end("true"), "a.yaml").config.eval.compare_end == true);
  CHECK(parse_config(compare_end("false"), "a.yaml").config.eval.compare_end == false);
  CHECK_FALSE(parse_config(kGoodConfig, "a.yaml").config.eval.compare_end.has_value());
}

TEST_CASE("values: a name is safe as a folder and shown without its control characters", "[config]") {
  const std::string longest(64, 'a');
  for (const std::string& text : {std::string("../x"), std::string("-rf"), std::string("A"), std::string(".x"),
                                  longest + "a", std::string("a%s{}b"), std::string("a/b")}) {
    CHECK(name(text) == name_error("is not a valid name", text));
  }
  CHECK(name("\"a\\e[31mb\"") == name_error("is not a valid name", "\"a\\x1b[31mb\""));
  CHECK(name("5") == name_error("is not text", "5"));
  CHECK(name("true") == name_error("is not text", "true"));
  CHECK(name("[a]") == name_error("is not text", "[a]"));
  CHECK(name(longest) == "accepted");
  CHECK(name("0.a_b-c") == "accepted");
  CHECK(name("\"5\"") == "accepted");
}

TEST_CASE("values: an unknown choice lists the choices and suggests one", "[config]") {
  CHECK(errors_of(with("kind: count", "kind: cuont")) ==
        "a.yaml:3:14: task.kind: is not a known value; expected one of " + all_kinds() +
            "; got cuont (did you mean count?)");
  CHECK(errors_of(with("analysis: {", "analysis: {metric: train_loss, ")) ==
        "a.yaml:10:20: analysis.metric: is not a known value; expected one of exact_match, exact_match_eos, "
        "token_accuracy, nll, "
        "min_prob, sequence_prob, sequence_nll, max_token_nll, exact_match_digits, main_auxiliary; got train_loss");
  CHECK(errors_of(with("count: 3}", "count: 3, vary: cube}")) ==
        "a.yaml:7:35: seeds.vary: is not a known value; expected one of both, init, data, grid; got cube");
}

TEST_CASE("values: a length range is two integers in order", "[config]") {
  const auto range = [](const std::string& text) { return errors_of(with("[1, 4]", text)); };
  const std::string start = "a.yaml:3:51: task.train_length: ";
  const std::string expected = "; expected [min, max] with 1 <= min <= max <= 1000000; got ";
  CHECK(range("[4, 1]") == start + "is out of range" + expected + "[4, 1]");
  CHECK(range("[0, 4]") == start + "is out of range" + expected + "[0, 4]");
  CHECK(range("[4]") == start + "does not have two items" + expected + "[4]");
  CHECK(range("4") == start + "is not a list" + expected + "4");
  CHECK(range("[1, x]") == start + "has an item that is not an integer (x)" + expected + "[1, x]");
  CHECK(range("[4, 4]") == "accepted");
}

TEST_CASE("values: test lengths are different integers, none below 0", "[config]") {
  const auto lengths = [](const std::string& text) { return errors_of(with("[4, 6]", text)); };
  const std::string start = "a.yaml:9:17: eval.lengths: ";
  const std::string expected = "; expected a list of different integers from 0 to 1000000; got ";
  for (const std::string text : {"[6, 4, 6]", "[6, -1]", "[]"}) {
    CHECK(lengths(text) == start + "is empty, repeats an item or is out of range" + expected + text);
  }
  CHECK(lengths("6") == start + "is not a list" + expected + "6");
  CHECK(lengths("[\"6\"]") == start + "has an item that is text because of its quotes (\"6\")" + expected + "[\"6\"]");
  CHECK(lengths("[8, 6]") == "accepted");
}

TEST_CASE("values: a config of another schema gives only that error", "[config]") {
  const auto schema = [](const std::string& text) { return with("schema: 1", "schema: " + text + "\nnew_key: 1"); };
  CHECK(errors_of(schema("2")) == "a.yaml:1:9: schema: schema 2 needs a newer seedscape; expected 1; got 2");
  CHECK(errors_of(schema("0")) == "a.yaml:1:9: schema: schema 0 never existed; expected 1; got 0");
  CHECK(errors_of(with("schema: 1", "schema: one")) == "a.yaml:1:9: schema: is not an integer; expected 1; got one");
  CHECK(errors_of(with("schema: 1", "schema: -1")) == "a.yaml:1:9: schema: is out of range; expected 1; got -1");
  CHECK(errors_of(with("schema: 1\n", "")) == "a.yaml:1:1: schema: is missing; expected 1; got nothing");
}

TEST_CASE("values: the reference trainer computes in fp32 only", "[config]") {
  const auto trained = [](const std::string& keys) {
    return errors_of(with("learning_rate: 0.003", "learning_rate: 0.003, " + keys));
  };
  CHECK(trained("precision: bf16") == "accepted");
  CHECK(
      trained("precision: bf16, trainer: reference")
          .find(
              "train.precision: is not for the reference trainer; expected fp32, or train.trainer: fused; got bf16") !=
      std::string::npos);
  CHECK(trained("precision: fp16").find("expected one of fp32, tf32, bf16; got fp16") != std::string::npos);
}

}  // namespace
}  // namespace seedscape
