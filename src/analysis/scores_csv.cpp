// Scores made elsewhere: a CSV file with one row per (scale, seed).

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>

#include "seedscape/analysis/analyze.h"
#include "seedscape/base/error.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

constexpr double kLargestValue = 1e100;                             // the squares of anything larger may overflow
constexpr std::int64_t kLargestSeed = (std::int64_t{1} << 53) - 1;  // every JSON reader keeps it exact

[[noreturn]] void fail(const std::string& source_name, std::int64_t line, const std::string& what) {
  throw Error(ErrorKind::corrupt, printable(source_name) + ":" + std::to_string(line) + ": " + what);
}

std::string in_quotes(const std::string& text) { return "'" + printable(text) + "'"; }

struct Row {
  std::int64_t line = 0;  // where it starts, from 1
  std::vector<std::string> fields;
};

/// RFC 4180, LF or CRLF, without the lines that hold nothing at all.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& source_name) : text_(text), source_name_(source_name) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  /// Whether there was another row.
  bool next(Row& row) {
    while (take("\n") || take("\r\n")) ++line_;
    if (text_.empty()) return false;
    row.line = line_;
    row.fields.clear();
    do {
      row.fields.push_back(take("\"") ? quoted_field() : plain_field());
    } while (take(","));
    if (!text_.empty()) {
      if (!take("\n") && !take("\r\n")) fail(source_name_, line_, "a field goes on after its closing quote");
      ++line_;
    }
    return true;
  }

 private:
  bool take(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }

  std::string plain_field() {
    std::size_t end = std::min(text_.find_first_of(",\n\""), text_.size());
    if (end < text_.size() && text_[end] == '"') fail(source_name_, line_, "a quote inside an unquoted field");
    if (end < text_.size() && text_[end] == '\n' && end > 0 && text_[end - 1] == '\r') --end;
    std::string field(text_.substr(0, end));
    text_.remove_prefix(end);
    return field;
  }

  /// What stands between an opening quote, already taken, and its closing one.
  std::string quoted_field() {
    const std::int64_t opened = line_;
    std::string field;
    while (true) {
      const std::size_t end = text_.find('"');
      if (end == std::string_view::npos) fail(source_name_, opened, "a quote that is never closed");
      field += text_.substr(0, end);
      line_ += std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
      text_.remove_prefix(end + 1);
      if (!take("\"")) return field;
      field += '"';  // two quotes in a row stand for one
    }
  }

  std::string_view text_;
  std::string source_name_;
  std::int64_t line_ = 1;
};

std::size_t find_column(const Row& header, const std::string& name, const std::string& source_name) {
  const auto& columns = header.fields;
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) {
    std::string present;
    for (const std::string& column : columns) present += (present.empty() ? "" : ", ") + in_quotes(column);
    throw Error(ErrorKind::usage,
                printable(source_name) + ": there is no column " + in_quotes(name) + "; its columns are " + present);
  }
  if (std::find(found + 1, columns.end(), name) != columns.end()) {
    throw Error(ErrorKind::usage, printable(source_name) + ": there are two columns " + in_quotes(name));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

struct Score {
  std::int64_t line = 0;
  std::string scale;
  std::int64_t seed = 0;
  double value = 0;
};

/// A column whose rows are kept only if they hold `text` there.
struct Selection {
  std::size_t column = 0;
  std::string text;
};

/// The column `name`, if the file has it and the caller wants a certain text there.
std::optional<Selection> find_selection(const Row& header, const std::string& name, const std::string& text,
                                        const std::string& source_name) {
  if (text.empty() || std::ranges::find(header.fields, name) == header.fields.end()) return std::nullopt;
  return Selection{find_column(header, name, source_name), text};
}

/// The rows that are kept, and what all of them hold.
struct Scores {
  std::vector<Score> rows;
  std::string metric;
  std::optional<std::int64_t> length;
};

Scores read_scores(const std::string& text, const std::string& source_name, const CsvColumns& columns) {
  CsvReader reader(text, source_name);
  Row header, row;
  if (!reader.next(header)) fail(source_name, 1, "the file is empty");
  const std::size_t axis = find_column(header, columns.axis, source_name);
  const std::size_t seed = find_column(header, columns.seed, source_name);
  const std::size_t value = find_column(header, columns.value, source_name);
  const auto metric = find_selection(header, "metric", columns.metric, source_name);
  const auto length =
      find_selection(header, "length", columns.length ? std::to_string(*columns.length) : "", source_name);
  const auto is_kept = [&](const std::optional<Selection>& by) { return !by || row.fields[by->column] == by->text; };
  Scores scores{.rows = {}, .metric = metric ? columns.metric : columns.value, .length = {}};
  if (length) scores.length = columns.length;
  while (reader.next(row)) {
    if (row.fields.size() != header.fields.size()) {
      fail(source_name, row.line,
           "expected " + std::to_string(header.fields.size()) + " fields; got " + std::to_string(row.fields.size()));
    }
    if (!is_kept(metric) || !is_kept(length)) continue;
    const auto seed_number = parse_integer(row.fields[seed]);
    if (!seed_number || *seed_number < -kLargestSeed || *seed_number > kLargestSeed) {
      fail(source_name, row.line, "the seed is not an integer below 2^53: " + in_quotes(row.fields[seed]));
    }
    const auto number = parse_real(row.fields[value]);
    if (!number || std::abs(*number) > kLargestValue) {
      fail(source_name, row.line, "the value is not a number up to 1e100: " + in_quotes(row.fields[value]));
    }
    scores.rows.push_back({row.line, row.fields[axis], *seed_number, *number});
  }
  if (scores.rows.empty()) {
    if (!metric && !length) fail(source_name, 1, "there are no rows after the header");
    throw Error(ErrorKind::usage, printable(source_name) + ": there are no rows" +
                                      (metric ? " of metric " + in_quotes(metric->text) : "") +
                                      (length ? " at length " + length->text : ""));
  }
  return scores;
}

/// A scale's value as JSON: a number, in the form it was written, if all scales are numbers.
Value scale_value(const std::string& text, bool numeric) {
  if (!numeric) return text;
  if (const auto integer = parse_integer(text)) return *integer;
  return *parse_real(text);
}

/// One sample per scale, scales in order: ascending numbers, or texts as they first appear.
std::vector<ScaleScores> group(const std::vector<Score>& scores, const std::string& source_name) {
  const bool numeric =
      std::all_of(scores.begin(), scores.end(), [](const Score& score) { return parse_real(score.scale).has_value(); });
  struct Scale {
    Value value;
    std::map<std::int64_t, Score> by_seed;
  };
  std::vector<Scale> scales;
  std::map<Value, std::size_t> index;  // 64 and 64.0 are the same key
  for (const Score& score : scores) {
    const Value value = scale_value(score.scale, numeric);
    const auto [at, is_new] = index.try_emplace(value, scales.size());
    if (is_new) scales.push_back({value, {}});
    const auto [first, added] = scales[at->second].by_seed.try_emplace(score.seed, score);
    if (!added) {
      fail(source_name, score.line,
           "scale " + in_quotes(score.scale) + ", seed " + std::to_string(score.seed) + " was given in line " +
               std::to_string(first->second.line) + " already; --metric and --length choose rows of a tidy file");
    }
  }
  if (numeric)
    std::sort(scales.begin(), scales.end(), [](const Scale& a, const Scale& b) { return a.value < b.value; });

  std::vector<ScaleScores> result;
  for (const Scale& scale : scales) {
    ScaleScores& sample =
        result.emplace_back(ScaleScores{.value = scale.value, .parameters = {}, .seeds = {}, .scores = {}});
    for (const auto& [seed, score] : scale.by_seed) {
      sample.seeds.push_back(seed);
      sample.scores.push_back(score.value);
    }
  }
  return result;
}

}  // namespace

ScoreTable read_scores_csv(const std::string& text, const std::string& source_name, const CsvColumns& columns,
                           const AnalysisConfig& settings) {
  if (!is_utf8(text)) throw Error(ErrorKind::corrupt, printable(source_name) + ": is not UTF-8 text");
  const Scores scores = read_scores(text, source_name, columns);
  const bool bounded =
      std::ranges::all_of(scores.rows, [](const Score& score) { return score.value >= 0 && score.value <= 1; });
  const std::int64_t rows = std::ssize(scores.rows);
  return {.source = {.planned = rows, .done = rows},
          .settings = settings,
          .axes = {{.key = columns.axis,
                    .with = {},
                    .views = {{.metric = scores.metric,
                               .length = scores.length,
                               .bounded = bounded,
                               .scales = group(scores.rows, source_name)}}}}};
}

}  // namespace seedscape
