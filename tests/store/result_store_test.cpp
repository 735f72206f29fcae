#include "seedscape/store/result_store.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <set>
#include <sys/resource.h>
#include <thread>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"
#include "store/run_log.h"
#include "support/temp_folder.h"
#include "support/test.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;

const nlohmann::json kFingerprint{{"torch", "2.11.0"}};

SeedRecord record(std::int64_t seed) {
  return {.run_id = "run" + std::to_string(seed), .seed = seed, .lengths = {{8, {{"nll", 0.1}}}}, .device = "cpu"};
}

std::vector<fs::path> logs_in(const TempFolder& dir) {
  return {fs::directory_iterator(paths::runs(dir.path())), fs::directory_iterator()};
}

std::size_t lines_in(const fs::path& file) {
  const std::string text = read_text(file);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("result_store: a folder without logs has no records", "[store]") {
  const TempFolder dir;
  CHECK(load_records(dir.path()).records.empty());
  CHECK(load_records(dir / "none").records.empty());
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("result_store: a record is on disk when append returns", "[store]") {
  const TempFolder dir;
  RecordWriter writer(dir.path(), kFingerprint);
  writer.append(record(1));
  CHECK(load_records(dir.path()).records == std::vector<SeedRecord>{record(1)});
  writer.append(record(2));
  const LoadedRecords loaded = load_records(dir.path());
  CHECK(loaded.records == std::vector<SeedRecord>{record(1), record(2)});
  CHECK(loaded.torn_tails == 0);
}

TEST_CASE("result_store: a log is named after its writer, starts with a header and is closed by a footer", "[store]") {
  const TempFolder dir;
  std::optional<RecordWriter> writer(std::in_place, dir.path(), kFingerprint);
  writer->append(record(1));
  REQUIRE(logs_in(dir).size() == 1);
  const fs::path file = logs_in(dir)[0];
  CHECK(read_text(file).find("\"writer\":\"" + file.stem().string() + "\"") != std::string::npos);
  CHECK(file.stem().string().size() == 32);
  CHECK(lines_in(file) == 2);
  writer.reset();
  CHECK(lines_in(file) == 3);
  const RunLog log = read_run_log(file);
  CHECK(log.fingerprint == kFingerprint);
  CHECK(log.records == std::vector<SeedRecord>{record(1)});
}

TEST_CASE("result_store: a writer without records leaves no file", "[store]") {
  const TempFolder dir;
  { const RecordWriter writer(dir.path(), kFingerprint); }
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("result_store: a restarted writer opens a new log and leaves the old one as it is", "[store]") {
  const TempFolder dir;
  { RecordWriter(dir.path(), kFingerprint).append(record(1)); }
  const fs::path old = logs_in(dir).at(0);
  std::ofstream(old, std::ios::app) << "torn";
  fs::resize_file(old, fs::file_size(old) - 30);  // into the footer
  const std::string before = read_text(old);
  { RecordWriter(dir.path(), kFingerprint).append(record(2)); }
  CHECK(logs_in(dir).size() == 2);
  const LoadedRecords loaded = load_records(dir.path());
  CHECK(loaded.records == std::vector<SeedRecord>{record(1), record(2)});
  CHECK(loaded.torn_tails == 1);
  CHECK(read_text(old) == before);
}

TEST_CASE("result_store: threads append to one log without mixing lines", "[store]") {
  const TempFolder dir;
  {
    RecordWriter writer(dir.path(), kFingerprint);
    std::vector<std::jthread> threads;
    for (std::int64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&writer, t] {
        for (std::int64_t i = 0; i < 8; ++i) writer.append(record(8 * t + i));
      });
    }
  }
  CHECK(logs_in(dir).size() == 1);
  std::set<std::int64_t> seeds;
  for (const SeedRecord& stored : load_records(dir.path()).records) seeds.insert(stored.seed);
  CHECK(seeds.size() == 32);
}

TEST_CASE("result_store: two writers of equal results count once, of different ones are refused", "[store]") {
  const TempFolder dir;
  { RecordWriter(dir.path(), kFingerprint).append(record(1)); }
  { RecordWriter(dir.path(), kFingerprint).append(record(1)); }
  const LoadedRecords loaded = load_records(dir.path());
  CHECK(loaded.records == std::vector<SeedRecord>{record(1)});
  CHECK(loaded.duplicates == 1);
  SeedRecord other = record(1);
  other.lengths[0].scores[0].second = 0.2;
  { RecordWriter(dir.path(), kFingerprint).append(other); }
  try {
    load_records(dir.path());
    FAIL("two results of one run were accepted");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::different_bits);
  }
}

TEST_CASE("result_store: an append that does not fit is taken back and can be repeated in the same log", "[store]") {
  const TempFolder dir;
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto limit_files = [&](rlim_t bytes) {
    const rlimit limit{bytes, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  };
  {
    RecordWriter writer(dir.path(), kFingerprint);
    for (const rlim_t bytes : {20u, 300u}) {  // in the middle of the header, of the first record
      limit_files(bytes);
      CHECK_THROWS_AS(writer.append(record(1)), Error);
      limit_files(before.rlim_cur);
    }
    writer.append(record(1));
  }
  std::signal(SIGXFSZ, handler);
  const LoadedRecords loaded = load_records(dir.path());
  CHECK(loaded.records == std::vector<SeedRecord>{record(1)});
  CHECK(loaded.torn_tails == 0);
  CHECK(lines_in(logs_in(dir).at(0)) == 3);
}

TEST_CASE("result_store: other files in the folder of logs are not read, a log that is no file is an error",
          "[store]") {
  const TempFolder dir;
  { RecordWriter(dir.path(), kFingerprint).append(record(1)); }
  publish(paths::runs(dir.path()) / "notes.txt", "not a log");
  CHECK(load_records(dir.path()).records.size() == 1);
  fs::create_directory(paths::runs(dir.path()) / "a.jsonl");
  try {
    load_records(dir.path());
    FAIL("a folder was read as a log");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::io);
  }
}

}  // namespace seedscape
