#include "usual_line.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "seedscape/base/number.h"

namespace seedscape {

namespace {

/// Goes through a line; the first surprise makes it unusual, and nothing that is read after that counts.
class Cursor {
 public:
  explicit Cursor(std::string_view line) : rest_(line) {}

  bool is_usual() const { return usual_; }

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  void skip(std::string_view expected) { require(take(expected)); }
  void end() { require(rest_.empty()); }
  void give_up() { require(false); }

  /// A text in quotes without anything that JSON would write in another way.
  std::string_view text() {
    skip("\"");
    const auto* const end =
        std::ranges::find_if(rest_, [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; });
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(found.size());
    skip("\"");
    return found;
  }

  std::uint64_t unsigned_number() {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    require(problem == std::errc{} && (rest_[0] != '0' || digits == 1));
    if (usual_) rest_.remove_prefix(digits);
    return value;
  }

  std::int64_t count() {
    const std::uint64_t value = unsigned_number();
    require(value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    return static_cast<std::int64_t>(value);
  }

  double number() {
    const std::string_view found = rest_.substr(0, rest_.find_first_of(",}]"));
    rest_.remove_prefix(found.size());
    const auto value = parse_real(found);
    require(value.has_value());
    return value.value_or(0);
  }

 private:
  void require(bool as_usual) {
    usual_ = usual_ && as_usual;
    if (!usual_) rest_ = {};
  }

  std::string_view rest_;
  bool usual_ = true;
};

RunStatus status_of(std::string_view text, Cursor& at) {
  for (const RunStatus status : {RunStatus::done, RunStatus::diverged, RunStatus::failed}) {
    if (to_string(status) == text) return status;
  }
  at.give_up();
  return {};
}

LengthScores length_scores(Cursor& at) {
  at.skip(R"({"length":)");
  LengthScores length{at.count(), {}};
  at.skip(R"(,"scores":{)");
  while (at.is_usual() && !at.take("}")) {
    if (!length.scores.empty()) at.skip(",");
    const std::string_view metric = at.text();
    at.skip(":");
    if (std::ranges::find(length.scores, metric, &std::pair<std::string, double>::first) != length.scores.end()) {
      at.give_up();
    }
    length.scores.emplace_back(metric, at.number());
  }
  at.skip("}");
  return length;
}

}  // namespace

std::optional<UsualLine> read_usual_line(std::string_view line) {
  Cursor at(line);
  UsualLine usual;
  SeedRecord& record = usual.record;
  at.skip(R"({"seq":)");
  usual.seq = at.unsigned_number();
  at.skip(R"(,"prev":)");
  usual.prev = at.text();
  at.skip(R"(,"run_id":)");
  record.run_id = at.text();
  at.skip(R"(,"seed":)");
  record.seed = at.count();
  at.skip(R"(,"init_seed":)");
  record.init_seed = at.unsigned_number();
  at.skip(R"(,"data_seed":)");
  record.data_seed = at.unsigned_number();
  at.skip(R"(,"status":)");
  record.status = status_of(at.text(), at);
  at.skip(R"(,"reason":)");
  record.reason = at.text();
  at.skip(R"(,"step":)");
  record.step = at.count();
  at.skip(R"(,"attempt":)");
  record.attempt = at.count();
  at.skip(R"(,"train_loss":)");
  if (!at.take("null")) record.train_loss = at.number();
  at.skip(R"(,"lengths":[)");
  while (at.is_usual() && !at.take("]")) {
    if (!record.lengths.empty()) at.skip(",");
    record.lengths.push_back(length_scores(at));
  }
  at.skip(R"(,"weights_digest":)");
  record.weights_digest = at.text();
  at.skip(R"(,"wall_s":)");
  record.wall_s = at.number();
  at.skip(R"(,"device":)");
  record.device = at.text();
  at.skip(R"(,"crc":)");
  at.text();
  at.skip("}");
  at.end();
  if (!at.is_usual()) return std::nullopt;
  return usual;
}

}  // namespace seedscape
