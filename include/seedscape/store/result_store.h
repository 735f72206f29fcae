#pragma once
// The records of a result folder: one append-only log per writer process under runs/, and one under curves/, each line
// checked.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/store/record.h"

namespace seedscape {

/// Ends of runs, or steps on their way.
enum class LogKind { runs, curves };

/// Everything that the logs of one kind hold in a folder.
struct LoadedRecords {
  std::vector<SeedRecord> records;  // one per run id (the one that counts), of curves one per step; ascending
  std::int64_t torn_tails = 0;      // logs whose last line was cut; what it held is not in `records`
  std::int64_t duplicates = 0;      // further equal records of a run id, left out
  std::int64_t other_bits = 0;      // further records that other software or hardware made differently, left out
  std::vector<nlohmann::json> fingerprints;  // the different ones of all logs, the lexically first log's first
};

/// Reads every DIR/runs/*.jsonl, or DIR/curves/*.jsonl, where what is said of a run holds for each of its steps; a
/// folder without logs gives no records. Never writes.
///
/// A run with several records counts once: done or diverged before failed, of failed ones the last attempt, of finished
/// ones the one with the most lengths, then the lexically first log, together with the lengths that equal records add.
/// Two finished records made under the same fingerprint must agree in status, step, weights digest, train_loss and
/// every common score, bit by bit.
///
/// Throws: Error(corrupt) naming file and byte range if a log is damaged before its end, or does not fit together,
///         Error(different_bits) naming run, both files and the first difference if two records of a run id disagree,
///         Error(io) if a log cannot be read
LoadedRecords load_records(const std::filesystem::path& dir, LogKind kind = LogKind::runs);

/// The same over the logs of several folders together.
LoadedRecords load_records(const std::vector<std::filesystem::path>& dirs, LogKind kind = LogKind::runs);

/// A line of a log of runs that was stored durably: nothing up to it can be missing from a log that is whole.
struct LogMark {
  std::string writer{};  // empty = no line yet
  std::uint64_t seq = 0;
  std::string crc{};
};

/// Whether two fingerprints promise the same bits: whether they differ in `git_revision` at most.
bool same_fingerprint(nlohmann::json a, nlohmann::json b);

/// What fingerprints differ in, but for `git_revision`: `highway "1.0.3", "1.2.0"; threads 1, null`, with `between` in
/// place of the comma. Empty if they promise the same bits.
std::string differing_members(const std::vector<nlohmann::json>& fingerprints, const std::string& between = ", ");

/// Holds marks against the logs of a folder, each of which it reads once.
class LogMarks {
 public:
  explicit LogMarks(std::filesystem::path dir) : dir_(std::move(dir)) {}

  /// Throws: Error(corrupt) if the log of the writer does not hold the line, Error(io) if it cannot be read
  void check(const LogMark& mark);

 private:
  std::filesystem::path dir_;
  std::map<std::string, std::vector<std::string>> crcs_;  // of the lines of each writer's log
};

/// One process's log. The file is made by the first append: a process without results leaves none behind. Safe to call
/// from several threads.
class RecordWriter {
 public:
  /// `fingerprint`: an object that says what the records are made with (versions, device), stored in the header line as
  /// it is. All its members but `git_revision` are taken to decide the bits of a run.
  RecordWriter(const std::filesystem::path& dir, nlohmann::json fingerprint, LogKind kind = LogKind::runs);
  ~RecordWriter();  // writes the footer line if any record was written

  /// Stores a record durably: when this returns, the run is done for good.
  ///
  /// Throws: Error(io) if that fails; the log then ends as before
  void append(const SeedRecord& record);

  /// The last line that is stored.
  LogMark mark() const;

 private:
  struct Log;
  std::unique_ptr<Log> log_;
};

/// Where one process puts what its runs leave behind.
struct ResultWriter {
  ResultWriter(std::filesystem::path folder, const nlohmann::json& made_with)
      : dir(std::move(folder)), fingerprint(made_with), runs(dir, made_with), curves(dir, made_with, LogKind::curves) {}

  std::filesystem::path dir;
  nlohmann::json fingerprint;
  RecordWriter runs;
  RecordWriter curves;
};

}  // namespace seedscape
