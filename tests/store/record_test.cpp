#include "seedscape/store/record.h"

#include <bit>
#include <cmath>
#include <limits>

#include "seedscape/base/error.h"
#include "seedscape/base/strict_json.h"
#include "store/record_json.h"
#include "support/test.h"

namespace seedscape {

namespace {

SeedRecord example() {
  return {.run_id = "ab12",
          .seed = 3,
          .init_seed = std::numeric_limits<std::uint64_t>::max(),
          .data_seed = 9007199254740993,  // 2^53 + 1: no double has this value
          .step = 20,
          .attempt = 2,
          .train_loss = 0.1,
          .lengths = {{8, {{"nll", 1e-8}, {"exact_match", 1.0}}}, {12, {{"nll", 5e-324}, {"exact_match", -0.0}}}},
          .weights_digest = "d0",
          .wall_s = 1.5,
          .device = "cpu"};
}

SeedRecord through_text(const SeedRecord& record) {
  return record_from_json(parse_strict(record_to_json(record).dump()));
}

std::string refusal(const std::string& name, const nlohmann::ordered_json& value) {
  auto json = record_to_json(example());
  json[name] = value;
  try {
    record_from_json(parse_strict(json.dump()));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::corrupt);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("record: what is written as JSON reads back the same, to the bit", "[store]") {
  const SeedRecord back = through_text(example());
  CHECK(back == example());
  CHECK(back.lengths[0].scores[0].first == "nll");  // metrics keep their order
  CHECK(std::signbit(back.lengths[1].scores[1].second));
  CHECK(back.lengths[1].scores[0].second == 5e-324);
}

TEST_CASE("record: doubles of every size read back to the same bits", "[store]") {
  SeedRecord record = example();
  std::uint64_t bits = 1;
  for (int i = 0; i < 2000; ++i) {
    bits = bits * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX generator: any bit pattern may come
    const double value = std::bit_cast<double>(bits);
    if (!std::isfinite(value)) continue;
    record.wall_s = value;
    REQUIRE(std::bit_cast<std::uint64_t>(through_text(record).wall_s) == bits);
  }
}

TEST_CASE("record: a diverged run has no train_loss and keeps its reason", "[store]") {
  const SeedRecord record{.run_id = "x", .status = RunStatus::diverged, .reason = "loss is NaN \"here\"", .step = 7};
  CHECK(record_to_json(record)["train_loss"].is_null());
  CHECK(through_text(record) == record);
}

TEST_CASE("record: numbers that JSON does not have are texts", "[store]") {
  SeedRecord record = example();
  record.lengths = {{8, {{"a", std::nan("")}, {"b", std::numeric_limits<double>::infinity()}}}};
  CHECK(record_to_json(record)["lengths"].dump() == R"([{"length":8,"scores":{"a":"NaN","b":"Infinity"}}])");
  const SeedRecord back = through_text(record);
  CHECK(std::isnan(back.lengths[0].scores[0].second));
  CHECK(back.lengths[0].scores[1].second == std::numeric_limits<double>::infinity());
}

TEST_CASE("record: a member of another type is refused by its name", "[store]") {
  CHECK(refusal("run_id", 12) == "\"run_id\" is no text");
  CHECK(refusal("seed", 3.0) == "\"seed\" is no unsigned 64-bit integer");
  CHECK(refusal("seed", -3) == "\"seed\" is no unsigned 64-bit integer");
  CHECK(refusal("init_seed", "3") == "\"init_seed\" is no unsigned 64-bit integer");
  CHECK(refusal("step", std::uint64_t{1} << 63) == "\"step\" is too large");
  CHECK(refusal("status", "gone") == "\"status\" is none of done, diverged, failed");
  CHECK(refusal("lengths", nullptr) == "\"lengths\" is no list");
  CHECK(refusal("wall_s", true) == "wall_s: expected a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
  CHECK(refusal("lengths", {{{"length", 8u}, {"scores", {{"nll", nullptr}}}}}) ==
        "nll: expected a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
  CHECK(refusal("lengths", {{{"length", 8u}, {"scores", 1}}}) == "\"scores\" is no object");
  CHECK(refusal("lengths", {{{"length", 8u}}}) == "no member \"scores\"");
  CHECK(refusal("lengths", {1}) == "no member \"length\"");
}

}  // namespace seedscape
