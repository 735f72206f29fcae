#include "merge_logs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "seedscape/base/error.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

/// One of the records of a run, and the log that it stands in.
struct Candidate {
  SeedRecord* record;
  const RunLog* log;
  std::uint64_t start = start_of(record->run_id);

  /// The first eight bytes, in the order of strings: most comparisons need to look no further, and at no other memory.
  static std::uint64_t start_of(const std::string& run_id) {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < 8; ++i)
      start = start << 8 | (i < run_id.size() ? static_cast<unsigned char>(run_id[i]) : 0);
    return start;
  }
};

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

std::string differing(const std::string& what, const std::string& a, const std::string& b) {
  return what + " is " + a + " in the first and " + b + " in the second";
}

/// The first common score of a test length that is not the same.
std::optional<std::string> difference(const LengthScores& a, const LengthScores& b) {
  for (const auto& [metric, value] : a.scores) {
    for (const auto& [other_metric, other] : b.scores) {
      if (metric == other_metric && !same_bits(value, other)) {
        return differing(metric + " at length " + std::to_string(a.length), shortest(value), shortest(other));
      }
    }
  }
  return std::nullopt;
}

/// The first thing that two trainings of the same run should have in common and have not.
std::optional<std::string> difference(const SeedRecord& a, const SeedRecord& b) {
  if (a.status != b.status) return differing("status", to_string(a.status), to_string(b.status));
  if (a.step != b.step) return differing("step", std::to_string(a.step), std::to_string(b.step));
  if (a.weights_digest != b.weights_digest) return differing("weights_digest", a.weights_digest, b.weights_digest);
  if (a.train_loss && b.train_loss && !same_bits(*a.train_loss, *b.train_loss)) {
    return differing("train_loss", shortest(*a.train_loss), shortest(*b.train_loss));
  }
  for (const LengthScores& length : a.lengths) {
    const auto other = std::find_if(b.lengths.begin(), b.lengths.end(),
                                    [&](const LengthScores& candidate) { return candidate.length == length.length; });
    if (other == b.lengths.end()) continue;
    if (auto found = difference(length, *other)) return found;
  }
  return std::nullopt;
}

void require_agreement(const Candidate& a, const Candidate& b) {
  if (!same_fingerprint(a.log->fingerprint, b.log->fingerprint)) return;
  if (const auto found = difference(*a.record, *b.record)) {
    throw Error(ErrorKind::different_bits, "run " + a.record->run_id + " has two results: " + *found + " (" +
                                               a.log->file + ", " + b.log->file + ")");
  }
}

/// Adds the test lengths that only `other` has, ascending.
void add_lengths(SeedRecord& record, const SeedRecord& other) {
  for (const LengthScores& added : other.lengths) {
    const auto place = std::ranges::lower_bound(record.lengths, added.length, {}, &LengthScores::length);
    if (place == record.lengths.end() || place->length != added.length) record.lengths.insert(place, added);
  }
}

/// What counts of the records of one run, given in the order of the logs; those that are left out are counted.
SeedRecord pick(std::span<const Candidate> candidates, LoadedRecords& loaded) {
  std::vector<Candidate> finished;
  for (const Candidate& candidate : candidates) {
    if (candidate.record->status == RunStatus::failed) continue;
    for (const Candidate& earlier : finished) require_agreement(earlier, candidate);
    finished.push_back(candidate);
  }
  if (finished.empty()) {
    return *std::ranges::max_element(candidates, {}, [](const Candidate& c) { return c.record->attempt; })->record;
  }
  const auto best = std::ranges::max_element(finished, {}, [](const Candidate& c) { return c.record->lengths.size(); });
  SeedRecord counted = *best->record;
  for (auto other = finished.begin(); other != finished.end(); ++other) {
    if (other == best) continue;
    if (difference(*best->record, *other->record)) {
      ++loaded.other_bits;
    } else {
      ++loaded.duplicates;
      add_lengths(counted, *other->record);
    }
  }
  return counted;
}

}  // namespace

bool same_fingerprint(nlohmann::json a, nlohmann::json b) {
  for (auto* fingerprint : {&a, &b}) {
    if (fingerprint->is_object()) fingerprint->erase("git_revision");
  }
  return a == b;
}

std::string differing_members(const std::vector<nlohmann::json>& fingerprints, const std::string& between) {
  std::set<std::string> names;
  for (const nlohmann::json& fingerprint : fingerprints) {
    for (const auto& [name, value] : fingerprint.items()) names.insert(name);
  }
  names.erase("git_revision");
  std::string text;
  for (const std::string& name : names) {
    std::vector<std::string> values;
    for (const nlohmann::json& fingerprint : fingerprints) {
      const std::string value = fingerprint.is_object() ? fingerprint.value(name, nlohmann::json()).dump() : "null";
      if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    }
    if (values.size() == 1) continue;
    text += (text.empty() ? "" : "; ") + name + " ";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : between) + values[i];
  }
  return printable(text);
}

LoadedRecords merge_logs(std::vector<RunLog> logs, LogKind kind) {
  LoadedRecords loaded;
  std::vector<Candidate> all;
  for (RunLog& log : logs) {
    if (log.torn) ++loaded.torn_tails;
    const bool is_new = std::ranges::find(loaded.fingerprints, log.fingerprint) == loaded.fingerprints.end();
    if (is_new && !log.records.empty()) loaded.fingerprints.push_back(log.fingerprint);
    for (SeedRecord& record : log.records) all.push_back({&record, &log});
  }
  const auto place = [&](const Candidate& candidate) {
    const SeedRecord& record = *candidate.record;
    return std::tuple<std::uint64_t, const std::string&, std::int64_t>(candidate.start, record.run_id,
                                                                       kind == LogKind::curves ? record.step : 0);
  };
  std::ranges::stable_sort(all, {}, place);
  loaded.records.reserve(all.size());
  for (auto first = all.begin(), last = first; first != all.end(); first = last) {
    last =
        std::find_if(first, all.end(), [&](const Candidate& candidate) { return place(candidate) != place(*first); });
    const bool is_alone = last - first == 1;
    loaded.records.push_back(is_alone ? std::move(*first->record) : pick({first, last}, loaded));
  }
  return loaded;
}

}  // namespace seedscape
