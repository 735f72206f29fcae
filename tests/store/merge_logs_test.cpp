#include "store/merge_logs.h"

#include <cmath>

#include "seedscape/base/error.h"
#include "support/test.h"

namespace seedscape {

namespace {

SeedRecord done(double exact_match) {
  return {.run_id = "r",
          .step = 20,
          .train_loss = 0.5,
          .lengths = {{8, {{"exact_match", exact_match}, {"nll", 1.0}}}},
          .weights_digest = "d0"};
}

SeedRecord failed(std::int64_t attempt, const std::string& reason) {
  return {.run_id = "r", .status = RunStatus::failed, .reason = reason, .attempt = attempt};
}

RunLog log(const std::string& file, std::vector<SeedRecord> records, nlohmann::json fingerprint = {{"cpu", "a"}}) {
  return {file, std::move(fingerprint), std::move(records), {}, false};
}

std::string disagreement(const SeedRecord& a, const SeedRecord& b) {
  try {
    merge_logs({log("a", {a}), log("b", {b})});
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::different_bits);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("merge_logs: different runs are all kept and torn logs counted", "[store]") {
  SeedRecord other = done(1);
  other.run_id = "a";
  RunLog torn = log("2", {other});
  torn.torn = true;
  const LoadedRecords loaded = merge_logs({log("1", {done(1)}), torn});
  CHECK(loaded.records == std::vector<SeedRecord>{other, done(1)});
  CHECK(loaded.torn_tails == 1);
  CHECK(loaded.duplicates == 0);
}

TEST_CASE("merge_logs: what the records were made with is named once each, without logs that hold none", "[store]") {
  const nlohmann::json a{{"cpu", "a"}}, b{{"cpu", "b"}};
  SeedRecord second = done(1), third = done(1);
  second.run_id = "s";
  third.run_id = "t";
  const LoadedRecords loaded =
      merge_logs({log("1", {done(1)}, b), log("2", {}, {{"cpu", "c"}}), log("3", {second}, a), log("4", {third}, b)});
  CHECK(loaded.fingerprints == std::vector{b, a});
}

TEST_CASE("merge_logs: what fingerprints differ in is told, but for the git revision", "[store]") {
  const nlohmann::json a{{"highway", "1.0.3"}, {"threads", 1}, {"git_revision", "x"}};
  nlohmann::json b = a, c = a;
  b["git_revision"] = "y";
  CHECK(differing_members({}) == "");
  CHECK(differing_members({a}) == "");
  CHECK(differing_members({a, b}) == "");
  c["highway"] = "1.2.0";
  c["libc"] = "glibc\n";
  CHECK(differing_members({a, b, c}) == R"(highway "1.0.3", "1.2.0"; libc null, "glibc\n")");
  CHECK(differing_members({a, c}, ", now ") == R"(highway "1.0.3", now "1.2.0"; libc null, now "glibc\n")");
}

TEST_CASE("merge_logs: each step of a curve counts once, ascending, and its repetitions must agree", "[store]") {
  const auto point = [](std::int64_t step, double score) {
    SeedRecord record = done(score);
    record.step = step;
    return record;
  };
  const LoadedRecords loaded = merge_logs(
      {log("1", {point(20, 0.5), point(100, 0.75)}), log("2", {point(0, 0), point(20, 0.5)})}, LogKind::curves);
  CHECK(loaded.records == std::vector<SeedRecord>{point(0, 0), point(20, 0.5), point(100, 0.75)});
  CHECK(loaded.duplicates == 1);
  CHECK_THROWS_AS(merge_logs({log("1", {point(20, 0.5)}), log("2", {point(20, 0.25)})}, LogKind::curves), Error);
}

TEST_CASE("merge_logs: equal results of one run count once, whatever took how long", "[store]") {
  SeedRecord slow = done(0.5);
  slow.wall_s = 9;
  slow.device = "other";
  const LoadedRecords loaded = merge_logs({log("1", {done(0.5)}), log("2", {slow, slow})});
  CHECK(loaded.records == std::vector<SeedRecord>{done(0.5)});
  CHECK(loaded.duplicates == 2);
}

TEST_CASE("merge_logs: the result with more lengths counts and must agree where both have scores", "[store]") {
  SeedRecord longer = done(0.5);
  longer.lengths.push_back({12, {{"exact_match", 0.25}}});
  const LoadedRecords loaded = merge_logs({log("1", {done(0.5)}), log("2", {longer}), log("3", {done(0.5)})});
  CHECK(loaded.records == std::vector<SeedRecord>{longer});
  CHECK(loaded.duplicates == 2);
  CHECK(disagreement(done(0.75), longer) ==
        "run r has two results: exact_match at length 8 is 0.75 in the first and 0.5 in the second (a, b)");
}

TEST_CASE("merge_logs: lengths that equal results tested one at a time add up", "[store]") {
  SeedRecord early = done(0.5), late = done(0.5);
  early.lengths = {{6, {{"nll", 1}}}, {10, {{"nll", 2}}}};
  late.lengths = {{8, {{"nll", 3}}}};
  const LoadedRecords loaded = merge_logs({log("1", {late}), log("2", {early})});
  REQUIRE(loaded.records.size() == 1);
  CHECK(loaded.records[0].lengths ==
        std::vector<LengthScores>{{6, {{"nll", 1}}}, {8, {{"nll", 3}}}, {10, {{"nll", 2}}}});
}

TEST_CASE("merge_logs: every pair of results must agree, not only those with the one that counts", "[store]") {
  SeedRecord first = done(0.5), second = done(0.5), third = done(0.5);
  first.lengths.push_back({10, {{"nll", 1}}});
  first.lengths.push_back({12, {{"nll", 1}}});
  second.lengths = {{14, {{"nll", 1}}}};
  third.lengths = {{14, {{"nll", 2}}}};
  CHECK_THROWS_AS(merge_logs({log("1", {first}), log("2", {second}), log("3", {third})}), Error);
}

TEST_CASE("merge_logs: results of one run that differ in one bit are refused", "[store]") {
  const std::string start = "run r has two results: ";
  SeedRecord other = done(0.5);
  other.status = RunStatus::diverged;
  CHECK(disagreement(done(0.5), other) == start + "status is done in the first and diverged in the second (a, b)");
  other = done(0.5);
  other.step = 21;
  CHECK(disagreement(done(0.5), other) == start + "step is 20 in the first and 21 in the second (a, b)");
  other = done(0.5);
  other.weights_digest = "d1";
  CHECK(disagreement(done(0.5), other) == start + "weights_digest is d0 in the first and d1 in the second (a, b)");
  other = done(0.5);
  other.train_loss = std::nextafter(0.5, 1);
  CHECK(disagreement(done(0.5), other) ==
        start + "train_loss is 0.5 in the first and 0.5000000000000001 in the second (a, b)");
  CHECK(disagreement(done(0.0), done(-0.0)) ==
        start + "exact_match at length 8 is 0 in the first and -0 in the second (a, b)");
  CHECK(disagreement(done(std::nan("1")), done(std::nan("2"))) == "no error");
}

TEST_CASE("merge_logs: of results made by different software or hardware the first log's counts", "[store]") {
  const LoadedRecords loaded = merge_logs({log("1", {done(0.5)}), log("2", {done(0.75)}, {{"cpu", "b"}})});
  CHECK(loaded.records == std::vector<SeedRecord>{done(0.5)});
  CHECK(loaded.other_bits == 1);
  CHECK(loaded.duplicates == 0);
}

TEST_CASE("merge_logs: another git revision alone is no excuse for other bits", "[store]") {
  const nlohmann::json old_build{{"cpu", "a"}, {"git_revision", "1"}}, new_build{{"cpu", "a"}, {"git_revision", "2"}};
  CHECK_THROWS_AS(merge_logs({log("1", {done(0.5)}, old_build), log("2", {done(0.75)}, new_build)}), Error);
}

TEST_CASE("merge_logs: a finished run counts before failed ones, a diverged one is finished", "[store]") {
  SeedRecord diverged{.run_id = "r", .status = RunStatus::diverged, .step = 3};
  for (const SeedRecord& finished : {done(0.5), diverged}) {
    const LoadedRecords loaded = merge_logs({log("1", {failed(1, "x"), finished}), log("2", {failed(2, "y")})});
    CHECK(loaded.records == std::vector<SeedRecord>{finished});
    CHECK(loaded.duplicates == 0);
  }
}

TEST_CASE("merge_logs: of failed attempts the last one counts", "[store]") {
  const LoadedRecords loaded =
      merge_logs({log("1", {failed(1, "a")}), log("2", {failed(3, "b")}), log("3", {failed(2, "c"), failed(3, "d")})});
  CHECK(loaded.records == std::vector<SeedRecord>{failed(3, "b")});
}

}  // namespace seedscape
