#include "run_log.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "log_lines.h"
#include "record_json.h"
#include "seedscape/base/error.h"
#include "seedscape/base/file_reader.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/printable.h"
#include "seedscape/base/strict_json.h"
#include "usual_line.h"

namespace seedscape {

namespace {

constexpr const char* kFormat = "seedscape-runs";
constexpr std::uint64_t kSchema = 1;
constexpr std::size_t kLongestLine = 1 << 20;  // bytes, without the newline
constexpr std::string_view kLineStart = R"({"seq":)";
constexpr std::string_view kSealStart = R"(,"crc":")";
constexpr std::string_view kSealEnd = R"("})";
constexpr std::size_t kCrcDigits = 8;
constexpr std::size_t kSealBytes = kSealStart.size() + kCrcDigits + kSealEnd.size();

std::string crc_text(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  const std::uint32_t crc = crc32(bytes);
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += hex[crc >> shift & 15];
  return text;
}

std::string seal_of(const std::string& crc) { return std::string(kSealStart) + crc + std::string(kSealEnd); }

/// The crc that stands at the end of a line (without its newline), if it is the right one.
std::optional<std::string> checked_crc(std::string_view line) {
  if (line.size() < kSealBytes || line.size() > kLongestLine) return std::nullopt;
  const std::string_view body = line.substr(0, line.size() - kSealBytes);
  std::string crc = crc_text(body);
  if (line.substr(body.size()) != seal_of(crc)) return std::nullopt;
  return crc;
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::corrupt, what); }

/// Puts the lines of one log together in order.
class LogReader {
 public:
  explicit LogReader(RunLog& log) : log_(log) {}

  /// Takes the next line, whose own crc is right.
  void take(std::string_view text, const std::string& crc) {
    auto usual = lines_ > 0 ? read_usual_line(text) : std::nullopt;
    if (usual) {
      check_place(usual->seq, usual->prev);
      log_.records.push_back(std::move(usual->record));
    } else {
      take_json(parse_strict(text));
    }
    log_.crcs.push_back(crc);
    ++lines_;
    prev_ = crc;
  }

  bool empty() const { return lines_ == 0; }
  bool closed() const { return closed_; }

 private:
  void check_place(std::uint64_t seq, std::string_view prev) const {
    if (seq != lines_) {
      refuse("line number " + std::to_string(seq) + " stands where number " + std::to_string(lines_) + " belongs");
    }
    if (prev != prev_) refuse("the line before is not the one that this line was written after");
    if (closed_) refuse("a line after the footer");
  }

  void take_json(const nlohmann::ordered_json& line) {
    check_place(unsigned_member(line, "seq"), text_member(line, "prev"));
    if (lines_ == 0) {
      take_header(line);
    } else if (line.contains("count")) {
      take_footer(line);
    } else {
      log_.records.push_back(record_from_json(line));
    }
  }

  void take_header(const nlohmann::ordered_json& line) {
    if (text_member(line, "format") != kFormat) refuse("not a log of runs");
    const std::uint64_t schema = unsigned_member(line, "schema");
    if (schema != kSchema) {
      refuse("written in schema " + std::to_string(schema) + "; this version of seedscape reads schema " +
             std::to_string(kSchema));
    }
    log_.fingerprint = member(line, "fingerprint");
  }

  void take_footer(const nlohmann::ordered_json& line) {
    if (unsigned_member(line, "count") != log_.records.size() || text_member(line, "last") != prev_) {
      refuse("the footer counts other records than the log holds");
    }
    closed_ = true;
  }

  RunLog& log_;
  std::uint64_t lines_ = 0;
  std::string prev_ = kNoLine;
  bool closed_ = false;
};

struct Damage {
  std::uint64_t end;  // of the damaged bytes
  std::string what;
};

/// What shows that `line`, which is no checked one, and what follows are not just what a cut write leaves.
std::optional<Damage> damage_from(std::optional<LoggedLine> line, LogLines& lines) {
  for (; line; line = lines.next()) {
    if (line->size > kLongestLine) return Damage{line->end(), "a line of " + std::to_string(line->size) + " bytes"};
    // The last start in a line: a damaged newline makes a good line the end of a longer one. (Inside a JSON text the
    // quotes of a start are escaped.)
    const std::size_t start = line->text.rfind(kLineStart);
    const bool whole = line->ended && start != std::string_view::npos && checked_crc(line->text.substr(start));
    if (whole) return Damage{line->first + start, "damaged, but good lines follow"};
  }
  return std::nullopt;
}

/// Where `line` and all that follows it end.
std::uint64_t end_of(std::optional<LoggedLine> line, LogLines& lines) {
  std::uint64_t end = 0;
  for (; line; line = lines.next()) end = line->end() + (line->ended ? 1 : 0);
  return end;
}

std::string byte_range(std::uint64_t first, std::uint64_t end) {
  return "bytes " + std::to_string(first) + " to " + std::to_string(end - 1);
}

}  // namespace

LogLine sealed_line(std::uint64_t seq, const std::string& prev, const nlohmann::ordered_json& members) {
  nlohmann::ordered_json line{{"seq", seq}, {"prev", prev}};
  line.update(members);
  // A reason may hold bytes that are no UTF-8 (the text of an error from outside): they become U+FFFD.
  std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.pop_back();  // the closing brace: the seal has it
  return sealed_text(std::move(text));
}

LogLine sealed_text(std::string text) {
  std::string crc = crc_text(text);
  text += seal_of(crc);
  if (text.size() > kLongestLine) {
    throw Error(ErrorKind::internal, "a line of " + std::to_string(text.size()) + " bytes for a log of runs");
  }
  text += '\n';
  return {std::move(text), std::move(crc)};
}

nlohmann::ordered_json header_members(const std::string& writer, const nlohmann::json& fingerprint) {
  return {{"format", kFormat},
          {"schema", kSchema},
          {"writer", writer},
          {"fingerprint", nlohmann::ordered_json(fingerprint)}};
}

nlohmann::ordered_json footer_members(std::uint64_t count, const std::string& last) {
  return {{"count", count}, {"last", last}};
}

RunLog read_run_log(const std::filesystem::path& file) {
  FileReader reader(file);
  return read_run_log([&](char* to, std::size_t count) { return reader.read(to, count); }, file.string());
}

RunLog read_run_log(const ByteSource& source, const std::string& name) {
  RunLog log;
  log.file = name;
  LogReader reader(log);
  LogLines lines(source, kLongestLine);
  std::optional<LoggedLine> line;  // everything before it is checked
  while ((line = lines.next())) {
    const auto crc = line->ended ? checked_crc(line->text) : std::nullopt;
    if (!crc) break;
    with_context(name + ": " + byte_range(line->first, line->end() + 1), [&] { reader.take(line->text, *crc); });
  }
  log.torn = line || reader.empty();
  if (!line) return log;
  const std::uint64_t good = line->first;
  const auto damage =
      reader.closed() ? Damage{end_of(line, lines), "something after the footer"} : damage_from(line, lines);
  if (damage) refuse(name + ": " + byte_range(good, damage->end) + ": " + damage->what);
  return log;
}

}  // namespace seedscape
