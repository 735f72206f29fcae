#include "store/usual_line.h"

#include <limits>
#include <string>
#include <vector>

#include "seedscape/base/strict_json.h"
#include "store/record_json.h"
#include "store/run_log.h"
#include "support/test.h"

namespace seedscape {

namespace {

SeedRecord example() {
  return {.run_id = "ab12",
          .seed = 9007199254740991,
          .init_seed = std::numeric_limits<std::uint64_t>::max(),
          .data_seed = 0,
          .status = RunStatus::done,
          .reason = "none, {} []",
          .step = 20,
          .attempt = 2,
          .train_loss = 0.1,
          .lengths = {{4, {{"exact_match", 1.0}, {"nll", 5e-324}}}, {6, {{"exact_match", -1.7976931348623157e308}}}},
          .weights_digest = "d0",
          .wall_s = 1e-8,
          .device = "cuda:0"};
}

/// The line without its newline.
std::string line_of(const SeedRecord& record) {
  std::string text = sealed_line(7, "0badf00d", record_to_json(record)).text;
  text.pop_back();
  return text;
}

std::string with(const std::string& from, const std::string& to) {
  std::string line = line_of(example());
  const std::size_t place = line.find(from);
  REQUIRE(place != std::string::npos);
  return line.replace(place, from.size(), to);
}

}  // namespace

TEST_CASE("usual_line: what is written for a record is usual, and is read as the general reader does", "[store]") {
  SeedRecord diverged = example(), bare = example();
  diverged.status = RunStatus::diverged;
  diverged.train_loss.reset();
  diverged.lengths.clear();
  bare.lengths = {{4, {}}};
  for (const SeedRecord& record : {example(), diverged, bare}) {
    const std::string line = line_of(record);
    const auto usual = read_usual_line(line);
    REQUIRE(usual);
    CHECK(usual->seq == 7);
    CHECK(usual->prev == "0badf00d");
    CHECK(usual->record == record);
    CHECK(usual->record == record_from_json(parse_strict(line)));
  }
}

TEST_CASE("usual_line: what needs more than a glance is left to the general reader", "[store]") {
  const std::string good = line_of(example());
  CHECK(read_usual_line(good));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"seed\"", "\"sead\""},          // another member
                                                        {"\"step\":20", "\"step\":020"},   // no JSON
                                                        {"\"step\":20", "\"step\":-20"},   // no count
                                                        {"\"step\":20", "\"step\":20.0"},  // no integer
                                                        {"\"step\":20", "\"step\":9223372036854775808"},
                                                        {"\"step\":20", "\"step\":20,\"more\":1"},
                                                        {"\"done\"", "\"over\""},
                                                        {"0.1", "\"Infinity\""},  // a number, but none of JSON
                                                        {"0.1", "inf"},
                                                        {"0.1", "1e999"},
                                                        {"none", "a\\nb"},     // an escape
                                                        {"none", "\xc3\xbc"},  // not ASCII
                                                        {"none", std::string("\x01", 1)},
                                                        {"\"nll\"", "\"exact_match\""},  // twice in one object
                                                        {"\"device\":\"cuda:0\",", ""},
                                                        {"{\"seq\"", " {\"seq\""}}) {
    INFO(to);
    CHECK_FALSE(read_usual_line(with(from, to)));
  }
  CHECK_FALSE(read_usual_line(good + " "));
  for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(read_usual_line(good.substr(0, size)));
}

}  // namespace seedscape
