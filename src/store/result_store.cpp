#include "seedscape/store/result_store.h"

#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "merge_logs.h"
#include "record_json.h"
#include "run_log.h"
#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"

namespace seedscape {

namespace {

std::filesystem::path log_folder(const std::filesystem::path& dir, LogKind kind) {
  return kind == LogKind::runs ? paths::runs(dir) : paths::curves(dir);
}

/// The logs in lexical order, so that the same files always give the same answer.
std::vector<std::filesystem::path> log_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const std::string& name : list_folder(folder)) {
    if (name.ends_with(".jsonl")) files.push_back(folder / name);
  }
  return files;
}

}  // namespace

LoadedRecords load_records(const std::filesystem::path& dir, LogKind kind) {
  return load_records(std::vector{dir}, kind);
}

LoadedRecords load_records(const std::vector<std::filesystem::path>& dirs, LogKind kind) {
  std::vector<RunLog> logs;
  for (const std::filesystem::path& dir : dirs) {
    for (const std::filesystem::path& file : log_files(log_folder(dir, kind))) logs.push_back(read_run_log(file));
  }
  return merge_logs(std::move(logs), kind);
}

void LogMarks::check(const LogMark& mark) {
  if (mark.writer.empty()) return;
  const std::filesystem::path file = log_folder(dir_, LogKind::runs) / (mark.writer + ".jsonl");
  auto log = crcs_.find(mark.writer);
  if (log == crcs_.end()) log = crcs_.emplace(mark.writer, read_run_log(file).crcs).first;
  if (mark.seq < log->second.size() && log->second[mark.seq] == mark.crc) return;
  throw Error(ErrorKind::corrupt, file.string() + ": line number " + std::to_string(mark.seq) +
                                      " was stored and is not there; the log was cut or exchanged");
}

struct RecordWriter::Log {
  std::filesystem::path folder;
  nlohmann::json fingerprint;
  std::mutex mutex;
  std::optional<AppendFile> file;
  std::string writer = unique_name();
  std::uint64_t lines = 0;
  std::string prev = kNoLine;

  void write(const nlohmann::ordered_json& members) {
    LogLine line = sealed_line(lines, prev, members);
    file->append(line.text);
    ++lines;
    prev = std::move(line.crc);
  }
};

RecordWriter::RecordWriter(const std::filesystem::path& dir, nlohmann::json fingerprint, LogKind kind)
    : log_(std::make_unique<Log>()) {
  log_->folder = log_folder(dir, kind);
  log_->fingerprint = std::move(fingerprint);
}

RecordWriter::~RecordWriter() {
  const std::uint64_t header = 1;
  if (log_->lines <= header) return;
  try {
    log_->write(footer_members(log_->lines - header, log_->prev));
  } catch (const std::exception&) {
    // Every record is on disk; a log without a footer reads like that of a process that was killed.
  }
}

void RecordWriter::append(const SeedRecord& record) {
  const std::lock_guard lock(log_->mutex);
  if (!log_->file) {
    make_folder(log_->folder);
    log_->file.emplace(log_->folder / (log_->writer + ".jsonl"));
  }
  if (log_->lines == 0) log_->write(header_members(log_->writer, log_->fingerprint));
  log_->write(record_to_json(record));
}

LogMark RecordWriter::mark() const {
  const std::lock_guard lock(log_->mutex);
  return log_->lines == 0 ? LogMark() : LogMark{log_->writer, log_->lines - 1, log_->prev};
}

}  // namespace seedscape
