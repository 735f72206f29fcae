#pragma once
// The format of runs/<writer>.jsonl: one checked JSON object a line.
//
//   {"seq":0,"prev":"00000000","format":"seedscape-runs","schema":1,"writer":"<nonce>","fingerprint":{..},"crc":"<8 hex
//   digits>"}
//   {"seq":1,"prev":"<crc of line 0>","run_id":"..", .. the members of a SeedRecord ..,"crc":".."}
//   {"seq":2,"prev":"<crc of line 1>","count":1,"last":"<crc of line 1>","crc":".."}
//
// The first line is the header, the last one the footer of a log that was closed in an orderly way. `crc` is the last
// member: the CRC-32 of all bytes of its line before `,"crc":`. seq and prev chain the lines, so that none can go
// missing unseen.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "log_lines.h"
#include "seedscape/store/record.h"

namespace seedscape {

/// `prev` of the first line.
inline constexpr const char* kNoLine = "00000000";

struct LogLine {
  std::string text;  // with its newline
  std::string crc;
};

/// The line number `seq` of a log, whose line before has the crc `prev`.
///
/// Throws: Error(internal) if the line is longer than readers accept (1 MiB)
LogLine sealed_line(std::uint64_t seq, const std::string& prev, const nlohmann::ordered_json& members);

/// A line from its JSON text without the closing brace.
///
/// Throws: the same
LogLine sealed_text(std::string text);

nlohmann::ordered_json header_members(const std::string& writer, const nlohmann::json& fingerprint);
nlohmann::ordered_json footer_members(std::uint64_t count, const std::string& last);

/// The content of one log.
struct RunLog {  // NOLINT(bugprone-exception-escape): nlohmann::json moves without throwing
  std::string file;
  nlohmann::json fingerprint;
  std::vector<SeedRecord> records;
  std::vector<std::string> crcs;  // of every line, header and footer included
  bool torn = false;              // the log ends in bytes that are no line; they are left out
};

/// Reads a log; every line is checked before anything of it is used.
///
/// Throws: Error(corrupt) naming the file and a byte range if a checked line does not fit (its number, the line before,
/// schema,
///         members), if one follows bytes that are none, or if anything follows the footer
/// Edge:   bytes at the end with no checked line after them are what a crash in the middle of a write leaves: torn
RunLog read_run_log(const std::filesystem::path& file);

/// The same from any source; `name` stands in the messages.
RunLog read_run_log(const ByteSource& source, const std::string& name);

}  // namespace seedscape
