#include "config/fields.h"

#include <set>

#include "config/canonical.h"
#include "config/config_text.h"
#include "seedscape/config/task_keys.h"

namespace seedscape {
namespace {

TEST_CASE("canonical: keys are sorted, nothing is spaced, numbers are shortest", "[config]") {
  CHECK(canonical(nlohmann::json::parse(R"({"b": [1, 2.0, 0.1, 1e-8], "a": {"y": "é\n", "x": null}, "c": true})")) ==
        "{\"a\":{\"x\":null,\"y\":\"é\\n\"},\"b\":[1,2,0.1,1e-08],\"c\":true}");
  CHECK(canonical(18446744073709551615u) == "18446744073709551615");
  CHECK(canonical(nlohmann::json::object()) == "{}");
  CHECK(canonical(nlohmann::json::array()) == "[]");
}

TEST_CASE("fields: keys are unique, documented and all members of the config", "[config]") {
  std::set<std::string> keys;
  for (const Field& field : fields()) {
    INFO(field.key);
    CHECK(keys.insert(field.key).second);
    CHECK_FALSE(field.doc.empty());
    CHECK(find_field(field.key) == &field);
  }
  CHECK(find_field("model.widht") == nullptr);
  CHECK(section_names() == std::vector<std::string>{"task", "model", "seeds", "train", "eval", "store", "analysis"});
}

TEST_CASE("fields: a row writes the member that it reads", "[config]") {
  for (const Field& field : fields()) {
    if (field.type == FieldType::axes) continue;
    INFO(field.key);
    const Value value = field.type == FieldType::integer || field.type == FieldType::real ? Value(3)
                        : field.type == FieldType::text                                   ? Value("x")
                        : field.type == FieldType::boolean                                ? Value(true)
                                                                                          : Value{2, 5};
    SweepConfig config;
    field.set(config, value);
    CHECK(field.get(config) == value);
    int changed = 0;
    for (const Field& other : fields()) changed += other.get(config) != other.get(SweepConfig{});
    CHECK(changed == 1);
  }
}

TEST_CASE("fields: every default passes its own check", "[config]") {
  for (const Field& field : fields()) {
    const Value standard = field.get(SweepConfig{});
    if (field.required || standard.is_null()) continue;
    INFO(field.key);
    CHECK(field.check.holds(field.type, standard));
  }
}

TEST_CASE("fields: every key that a task names is a row, and every task row is named", "[config]") {
  std::set<std::string> named = {"task.kind"};
  for (const TaskKeys& row : task_key_table()) {
    for (const std::string& name : row.required) {
      named.insert("task." + name);
      REQUIRE(find_field("task." + name) != nullptr);
      CHECK(find_field("task." + name)->required);
    }
    for (const std::string& name : row.optional) {
      named.insert("task." + name);
      REQUIRE(find_field("task." + name) != nullptr);
      CHECK_FALSE(find_field("task." + name)->required);
    }
  }
  for (const Field& field : fields()) CHECK((field.section() == "task") == named.contains(field.key));
}

TEST_CASE("fields: a suggestion prefers the right name in another section, then a near one", "[config]") {
  CHECK(suggested_key("model.steps") == "train.steps");
  CHECK(suggested_key("eval.lenghts") == "eval.lengths");
  CHECK(suggested_key("modle.width") == "model.width");
  CHECK(suggested_key("modle") == "model");
  CHECK(suggested_key("axis") == "axes");
  CHECK(suggested_key("learning_rat") == "train.learning_rate");
  CHECK(suggested_key("train.xyzzy") == "");
}

TEST_CASE("fields: the JSON Schema carries types, ranges, choices, defaults and docs", "[config]") {
  const nlohmann::json schema = config_schema();
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"] == nlohmann::json({"schema", "name", "axes", "task", "seeds", "eval", "analysis"}));
  const nlohmann::json& train = schema["properties"]["train"];
  CHECK(train["additionalProperties"] == false);
  CHECK_FALSE(train.contains("required"));  // an axis may give them
  CHECK(train["properties"]["steps"] ==
        nlohmann::json{{"type", "integer"},
                       {"minimum", 1},
                       {"maximum", 1000000000},
                       {"description", "updates of a training [steps]; required here or on every axis"}});
  CHECK(train["properties"]["learning_rate"]["exclusiveMinimum"] == 0.0);
  CHECK(train["properties"]["decay_scope"]["enum"] == nlohmann::json({"all", "matrices"}));
  CHECK(train["properties"]["decay_scope"]["default"] == "all");
  CHECK(schema["properties"]["name"]["pattern"] == "^[a-z0-9][a-z0-9._-]{0,63}$");
  CHECK(schema["properties"]["eval"]["required"] == nlohmann::json({"lengths"}));
  CHECK(schema["properties"]["eval"]["properties"]["lengths"]["uniqueItems"] == true);
  const nlohmann::json& axis = schema["properties"]["axes"]["items"];
  CHECK(axis["required"] == nlohmann::json({"key", "values"}));
  CHECK(axis["properties"]["with"]["properties"]["model.depth"]["maximum"] == 1024);
  CHECK_FALSE(axis["properties"]["with"]["properties"].contains("task.kind"));
}

TEST_CASE("fields: the option table has a line for each key", "[config]") {
  const std::string table = option_table();
  CHECK(std::count(table.begin(), table.end(), '\n') == static_cast<std::ptrdiff_t>(fields().size()) + 2);
  CHECK_THAT(table, contains("| key | value | default | unit | meaning |\n|---|---|---|---|---|\n"
                             "| `schema` | 1 | required |  | version of the config format |\n"));
  CHECK_THAT(
      table,
      contains("| `model.depth` | an integer from 1 to 1024 | required, here or on every axis | layers | depth L |\n"));
  CHECK_THAT(table, contains("| `task.base` | an integer from 2 to 1000 | `10` |  | base of the digits (only "
                             "reverse_addition, addition) |\n"));
  CHECK_THAT(table, contains("| `eval.compare_end` | true or false | derived |"));
  CHECK_THAT(table, contains("| `train.precision` | one of fp32, tf32, bf16 | `fp32` |"));
}

}  // namespace
}  // namespace seedscape
