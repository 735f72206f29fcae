#include "store/run_log.h"

#include <fstream>
#include <limits>

#include "seedscape/base/error.h"
#include "seedscape/base/hash.h"
#include "store/record_json.h"
#include "support/temp_folder.h"
#include "support/test.h"

namespace seedscape {

namespace {

/// A log line by line, as a writer makes it.
struct Lines {
  std::vector<std::string> texts;
  std::string prev = kNoLine;

  void add(const nlohmann::ordered_json& members) {
    LogLine line = sealed_line(texts.size(), prev, members);
    texts.push_back(std::move(line.text));
    prev = line.crc;
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : texts) all += line;
    return all;
  }
};

SeedRecord record(std::int64_t seed) {
  return {.run_id = "run" + std::to_string(seed),
          .seed = seed,
          .train_loss = 0.25,
          .lengths = {{8, {{"exact_match", 0.5}}}},
          .device = "cpu"};
}

Lines log_of(std::int64_t records, bool closed) {
  Lines lines;
  lines.add(header_members("w", {{"torch", "2.11.0"}}));
  for (std::int64_t seed = 0; seed < records; ++seed) lines.add(record_to_json(record(seed)));
  if (closed) lines.add(footer_members(static_cast<std::uint64_t>(records), lines.prev));
  return lines;
}

/// Closes and seals the members of a line that sealed_line would not make.
std::string sealed(const std::string& members) {
  constexpr const char* hex = "0123456789abcdef";
  std::string crc;
  for (int shift = 28; shift >= 0; shift -= 4) crc += hex[crc32(members) >> shift & 15];
  return members + R"(,"crc":")" + crc + "\"}\n";
}

/// Reads logs out of one file of a folder of its own.
class Reading {
 public:
  RunLog operator()(const std::string& text) const {
    std::filesystem::remove(file());  // some file systems flush a file that is cut to nothing, at every round
    std::ofstream(file(), std::ios::binary) << text;
    return read_run_log(file());
  }

  /// The message after the file's name.
  std::string refusal(const std::string& text) const {
    try {
      (*this)(text);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::corrupt);
      const std::string start = file().string() + ": ", message = error.what();
      REQUIRE(message.substr(0, start.size()) == start);
      return message.substr(start.size());
    }
    return "no error";
  }

 private:
  std::filesystem::path file() const { return folder_ / "log.jsonl"; }
  TempFolder folder_;
};

}  // namespace

TEST_CASE("run_log: the format is the documented one", "[store]") {
  // The checksums are those of Python's zlib.crc32.
  const std::string text =
      R"({"seq":0,"prev":"00000000","format":"seedscape-runs","schema":1,"writer":"w","fingerprint":{"torch":"2.11.0"},"crc":"99bb616a"})"
      "\n"
      R"({"seq":1,"prev":"99bb616a","run_id":"ab12","seed":3,"init_seed":18446744073709551615,"data_seed":0,"status":"done","reason":"","step":20,"attempt":1,"train_loss":0.1,"lengths":[{"length":8,"scores":{"nll":1e-08,"exact_match":1.0}},{"length":12,"scores":{"nll":"Infinity","exact_match":5e-324}}],"weights_digest":"d0","wall_s":1.5,"device":"cpu","crc":"a2e4cb09"})"
      "\n"
      R"({"seq":2,"prev":"a2e4cb09","count":1,"last":"a2e4cb09","crc":"6e87bda4"})"
      "\n";
  const Reading read;
  const RunLog log = read(text);
  CHECK(log.fingerprint == nlohmann::json{{"torch", "2.11.0"}});
  CHECK_FALSE(log.torn);
  REQUIRE(log.records.size() == 1);
  const SeedRecord& record = log.records[0];
  CHECK(record.init_seed == std::numeric_limits<std::uint64_t>::max());
  CHECK(record.lengths[0].scores == std::vector<std::pair<std::string, double>>{{"nll", 1e-8}, {"exact_match", 1.0}});
  CHECK(record.lengths[1].scores[1].second == 5e-324);

  Lines written;
  written.add(header_members("w", {{"torch", "2.11.0"}}));
  written.add(record_to_json(record));
  written.add(footer_members(1, written.prev));
  CHECK(written.text() == text);
}

TEST_CASE("run_log: a log reads back with and without its footer", "[store]") {
  const Reading read;
  for (const bool closed : {false, true}) {
    const RunLog log = read(log_of(3, closed).text());
    CHECK(log.records == std::vector<SeedRecord>{record(0), record(1), record(2)});
    CHECK_FALSE(log.torn);
  }
}

TEST_CASE("run_log: a log cut at any byte of its last line gives the records before it and is called torn", "[store]") {
  const Reading read;
  const Lines lines = log_of(2, false);
  const std::string text = lines.text();
  const std::size_t last = text.size() - lines.texts.back().size();
  CHECK_FALSE(read(text.substr(0, last)).torn);
  for (std::size_t size = last + 1; size < text.size(); ++size) {
    const RunLog log = read(text.substr(0, size));
    REQUIRE(log.torn);
    REQUIRE(log.records == std::vector<SeedRecord>{record(0)});
  }
}

TEST_CASE("run_log: a log whose first line was cut holds nothing and is called torn", "[store]") {
  const Reading read;
  const std::string text = log_of(0, false).text();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const RunLog log = read(text.substr(0, size));
    REQUIRE(log.torn);
    REQUIRE(log.records.empty());
  }
}

TEST_CASE("run_log: a change of any byte is found and never gives another record", "[store]") {
  const Reading read;
  const Lines lines = log_of(3, false);
  const std::string text = lines.text();
  const std::size_t last = text.size() - lines.texts.back().size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const int bit : {0, 5, 7}) {  // 5 changes the case of a letter
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      CAPTURE(at, bit);
      if (at < last) {
        REQUIRE(read.refusal(changed) != "no error");
      } else {
        const RunLog log = read(changed);  // no line after it shows that it was written whole
        REQUIRE(log.torn);
        REQUIRE(log.records == std::vector<SeedRecord>{record(0), record(1)});
      }
    }
  }
}

TEST_CASE("run_log: damage before good lines is refused with its range of bytes", "[store]") {
  const Reading read;
  const Lines lines = log_of(3, true);
  const std::size_t first = lines.texts[0].size(), second = first + lines.texts[1].size();
  std::string text = lines.text();
  text[first + 5] = '!';
  CHECK(read.refusal(text) ==
        "bytes " + std::to_string(first) + " to " + std::to_string(second - 1) + ": damaged, but good lines follow");
}

TEST_CASE("run_log: a damaged footer loses no record", "[store]") {
  const Reading read;
  std::string text = log_of(2, true).text();
  text[text.size() - 4] = '!';
  const RunLog log = read(text);
  CHECK(log.torn);
  CHECK(log.records.size() == 2);
}

TEST_CASE("run_log: lines that are missing, exchanged, repeated or foreign are refused", "[store]") {
  const Reading read;
  const std::vector<std::string> l = log_of(3, true).texts;  // header, three records, footer
  const auto range = [&](std::size_t first, std::size_t size) {
    return "bytes " + std::to_string(first) + " to " + std::to_string(first + size - 1) + ": ";
  };
  const std::size_t two = l[0].size() + l[1].size();
  CHECK(read.refusal(l[0] + l[1] + l[3]) == range(two, l[3].size()) + "line number 3 stands where number 2 belongs");
  CHECK(read.refusal(l[0] + l[1] + l[2] + l[4]) ==
        range(two + l[2].size(), l[4].size()) + "line number 4 stands where number 3 belongs");
  CHECK(read.refusal(l[0] + l[2] + l[1]) ==
        range(l[0].size(), l[2].size()) + "line number 2 stands where number 1 belongs");
  CHECK(read.refusal(l[0] + l[1] + l[1]) == range(two, l[1].size()) + "line number 1 stands where number 2 belongs");
  CHECK(read.refusal(l[1]) == range(0, l[1].size()) + "line number 1 stands where number 0 belongs");
  Lines other;
  other.add(header_members("v", {}));
  CHECK(read.refusal(other.texts[0] + l[1]) ==
        range(other.texts[0].size(), l[1].size()) + "the line before is not the one that this line was written after");
}

TEST_CASE("run_log: a footer that counts other records than there are is refused", "[store]") {
  const Reading read;
  for (const std::uint64_t count : {1u, 3u}) {
    Lines lines = log_of(2, false);
    lines.add(footer_members(count, lines.prev));
    CHECK(read.refusal(lines.text()).find("the footer counts other records than the log holds") != std::string::npos);
  }
  Lines lines = log_of(2, false);
  lines.add(footer_members(2, kNoLine));
  CHECK(read.refusal(lines.text()).find("the footer counts other records than the log holds") != std::string::npos);
}

TEST_CASE("run_log: nothing may follow the footer", "[store]") {
  const Reading read;
  Lines lines = log_of(1, true);
  CHECK(read.refusal(lines.text() + "{").find(": something after the footer") != std::string::npos);
  lines.add(record_to_json(record(1)));
  CHECK(read.refusal(lines.text()).find(": a line after the footer") != std::string::npos);
}

TEST_CASE("run_log: a log of another schema or format is refused with the schema that can be read", "[store]") {
  const Reading read;
  auto header = header_members("w", {});
  header["schema"] = 2;
  Lines newer;
  newer.add(header);
  CHECK(read.refusal(newer.text()).find("written in schema 2; this version of seedscape reads schema 1") !=
        std::string::npos);
  header["format"] = "seedscape-curves";
  Lines other;
  other.add(header);
  CHECK(read.refusal(other.text()).find("not a log of runs") != std::string::npos);
}

TEST_CASE("run_log: a line with a right checksum is still held to strict JSON and its members", "[store]") {
  const Reading read;
  Lines missing = log_of(0, false);
  auto members = record_to_json(record(0));
  members.erase("seed");
  missing.add(members);
  CHECK(read.refusal(missing.text()).find(": no member \"seed\"") != std::string::npos);
  Lines deep = log_of(0, false);
  nlohmann::ordered_json nested = 1;
  for (int level = 0; level < 40; ++level) nested = nlohmann::ordered_json::array({nested});
  deep.add({{"nested", nested}});
  CHECK(read.refusal(deep.text()).find(": more than 32 levels of JSON") != std::string::npos);
  const std::string body = R"({"seq":1,"prev":")" + log_of(0, false).prev + R"(","reason":"","reason":"")";
  CHECK(read.refusal(log_of(0, false).text() + sealed(body)).find(": the key \"reason\" stands twice in one object") !=
        std::string::npos);
}

TEST_CASE("run_log: a line longer than any writer makes is refused, cut or not", "[store]") {
  const Reading read;
  const std::string start = log_of(1, false).text();
  const std::string limit(1 << 20, 'x');
  CHECK(read(start + limit).torn);
  for (const char* end : {"", "\n"}) {
    CHECK(read.refusal(start + limit + "x" + end).find(": a line of 1048577 bytes") != std::string::npos);
  }
  const std::string body = R"({"seq":0,"prev":"00000000","note":")" + limit + '"';
  CHECK(read.refusal(sealed(body)).find(": a line of ") != std::string::npos);  // though its checksum is right
  SeedRecord large = record(0);
  large.reason = limit;
  CHECK_THROWS_AS(sealed_line(1, kNoLine, record_to_json(large)), Error);
}

TEST_CASE("run_log: a text that is not UTF-8 is stored with replacement characters", "[store]") {
  const Reading read;
  Lines lines = log_of(0, false);
  SeedRecord odd = record(0);
  odd.reason = "bad \xff byte";
  lines.add(record_to_json(odd));
  CHECK(read(lines.text()).records.at(0).reason == "bad \xef\xbf\xbd byte");
}

}  // namespace seedscape
