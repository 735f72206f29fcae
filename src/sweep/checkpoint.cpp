#include "checkpoint.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <spdlog/spdlog.h>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"
#include "seedscape/base/safetensors.h"
#include "seedscape/base/strict_json.h"
#include "seedscape/store/paths.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "seedscape-checkpoint";
constexpr std::uint64_t kSchema = 1;
constexpr const char* kSuffix = ".safetensors";
constexpr std::size_t kNonceDigits = 32;

/// The tensors of a run, in the order in which a file has them.
struct Part {
  const char* name;
  std::vector<float> SeedState::*numbers;
};
constexpr std::array<Part, 3> kParts{Part{".weights", &SeedState::weights},
                                     {".first_moment", &SeedState::first_moment},
                                     {".second_moment", &SeedState::second_moment}};

/// What is no tensor, as one JSON text: safetensors metadata hold texts only.
std::string metadata_text(const Checkpoint& checkpoint) {
  Json runs = Json::array();
  for (const RunInFlight& run : checkpoint.runs) {
    runs.push_back({{"run_id", run.run_id},
                    {"attempt", run.attempt},
                    {"loss", run.loss ? Json(json_number(*run.loss)) : Json()},
                    {"wall_s", json_number(run.wall_s)},
                    {"settled", run.settled}});
  }
  const LogMark& mark = checkpoint.mark;
  return Json{{"schema", kSchema},
              {"step", checkpoint.step},
              {"fingerprint", Json(checkpoint.fingerprint)},
              {"log", {{"writer", mark.writer}, {"seq", mark.seq}, {"crc", mark.crc}}},
              {"runs", runs}}
      .dump();
}

std::string file_bytes(const Checkpoint& checkpoint) {
  std::vector<StoredTensor> tensors;
  std::vector<float> data;
  for (const RunInFlight& run : checkpoint.runs) {
    for (const Part& part : kParts) {
      const std::vector<float>& numbers = run.state.*part.numbers;
      const auto size = static_cast<std::int64_t>(numbers.size());
      tensors.push_back({run.run_id + part.name, {size}, static_cast<std::int64_t>(data.size()), size});
      data.insert(data.end(), numbers.begin(), numbers.end());
    }
  }
  const std::string text = metadata_text(checkpoint);
  return safetensors_bytes(tensors, data,
                           {{"format", kFormat}, {"checkpoint", text}, {"checkpoint_sha256", sha256_hex(text)}});
}

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::corrupt, what); }

std::vector<float> numbers_of(const TensorFile& file, const std::string& name) {
  const auto tensor = std::ranges::find(file.tensors, name, &StoredTensor::name);
  if (tensor == file.tensors.end()) refuse("has no tensor " + printable(name));
  const auto begin = file.data.begin() + tensor->offset;
  return {begin, begin + tensor->size};
}

RunInFlight run_from(const Json& json, const TensorFile& file) {
  RunInFlight run{.run_id = text_member(json, "run_id"), .attempt = count_member(json, "attempt")};
  if (!member(json, "loss").is_null()) run.loss = number_from_json(member(json, "loss"));
  run.wall_s = number_from_json(member(json, "wall_s"));
  const Json& settled = member(json, "settled");
  if (!settled.is_boolean()) refuse("\"settled\" is neither true nor false");
  run.settled = settled.get<bool>();
  for (const Part& part : kParts) run.state.*part.numbers = numbers_of(file, run.run_id + part.name);
  return run;
}

Checkpoint checkpoint_from(const std::string& bytes) {
  const TensorFile file = parse_safetensors(bytes);
  const auto metadata = [&](const char* name) {
    const auto found = file.metadata.find(name);
    return found == file.metadata.end() ? std::string() : found->second;
  };
  const std::string text = metadata("checkpoint");
  if (metadata("format") != kFormat) refuse("not a checkpoint of seedscape");
  if (metadata("sha256").empty()) refuse("its data have no digest");
  if (metadata("checkpoint_sha256") != sha256_hex(text)) refuse("what it says of its runs does not have its digest");
  const Json json = parse_strict(text);
  const std::uint64_t schema = unsigned_member(json, "schema");
  if (schema != kSchema) {
    refuse("written in schema " + std::to_string(schema) + "; this version of seedscape reads schema " +
           std::to_string(kSchema));
  }
  Checkpoint checkpoint{.step = count_member(json, "step"), .fingerprint = member(json, "fingerprint")};
  const Json& log = member(json, "log");
  checkpoint.mark = {text_member(log, "writer"), unsigned_member(log, "seq"), text_member(log, "crc")};
  const Json& runs = member(json, "runs");
  if (!runs.is_array()) refuse("\"runs\" is no list");
  for (const Json& run : runs) checkpoint.runs.push_back(run_from(run, file));
  return checkpoint;
}

/// The part of a file's name that says who wrote it; empty for what is no checkpoint.
std::string writer_of(const std::string& name) {
  return name.ends_with(kSuffix) && name.size() > kNonceDigits && name[kNonceDigits] == '-'
             ? name.substr(0, kNonceDigits)
             : std::string();
}

}  // namespace

CheckpointSeries::CheckpointSeries(std::filesystem::path dir, std::vector<std::filesystem::path> earlier)
    : dir_(std::move(dir)), writer_(unique_name()), files_(std::move(earlier)) {}

void CheckpointSeries::write(const Checkpoint& checkpoint) {
  const std::filesystem::path file =
      paths::checkpoints(dir_) / (writer_ + "-" + std::to_string(checkpoint.step) + kSuffix);
  const std::string bytes = file_bytes(checkpoint);
  make_folder(paths::checkpoints(dir_));
  publish(file, bytes);
  if (read_text(file) != bytes) {
    throw Error(ErrorKind::io, "cannot write " + file.string() + ": it reads back as something else");
  }
  if (files_.empty() || files_.back() != file) files_.push_back(file);
  constexpr std::size_t kKept = 2;
  while (files_.size() > kKept) {
    remove_file(files_.front());
    files_.erase(files_.begin());
  }
}

void CheckpointSeries::remove() {
  for (const std::filesystem::path& file : files_) remove_file(file);
  files_.clear();
}

LoadedCheckpoints load_checkpoints(const std::filesystem::path& dir) {
  LoadedCheckpoints loaded;
  std::set<std::string> good;  // writers
  std::vector<std::pair<std::filesystem::path, std::string>> damaged;
  for (const std::string& name : list_folder(paths::checkpoints(dir))) {
    if (writer_of(name).empty()) continue;
    const std::filesystem::path file = paths::checkpoints(dir) / name;
    try {
      const std::string bytes = read_text(file);
      loaded.good.push_back({file, with_context(printable(file.string()), [&] { return checkpoint_from(bytes); })});
      good.insert(writer_of(name));
    } catch (const Error& error) {
      if (!file_exists(file)) continue;  // another process ended the group just now
      if (error.kind() == ErrorKind::io) throw;
      damaged.emplace_back(file, error.what());
    }
  }
  for (const auto& [file, reason] : damaged) {
    if (good.contains(writer_of(file.filename().string()))) {
      spdlog::warn("[run] {}; its writer's other checkpoint is used", reason);
    } else {
      loaded.broken.push_back(file);
      if (loaded.broken_reason.empty()) loaded.broken_reason = reason;
    }
  }
  std::ranges::stable_sort(loaded.good, std::ranges::greater(),
                           [](const StoredCheckpoint& stored) { return stored.checkpoint.step; });
  return loaded;
}

}  // namespace seedscape
