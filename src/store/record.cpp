#include "seedscape/store/record.h"

#include <array>

#include "record_json.h"
#include "seedscape/base/error.h"
#include "seedscape/base/number.h"
#include "seedscape/base/strict_json.h"

namespace seedscape {

namespace {

RunStatus status_from(const std::string& text) {
  for (const RunStatus status : {RunStatus::done, RunStatus::diverged, RunStatus::failed}) {
    if (to_string(status) == text) return status;
  }
  throw Error(ErrorKind::corrupt, "\"status\" is none of done, diverged, failed");
}

double number_member(const nlohmann::ordered_json& object, const char* name) {
  return with_context(name, [&] { return number_from_json(member(object, name)); });
}

nlohmann::ordered_json to_json(const LengthScores& length) {
  auto scores = nlohmann::ordered_json::object();
  for (const auto& [metric, value] : length.scores) scores[metric] = json_number(value);
  return {{"length", static_cast<std::uint64_t>(length.length)}, {"scores", std::move(scores)}};
}

LengthScores length_from_json(const nlohmann::ordered_json& object) {
  LengthScores length{count_member(object, "length"), {}};
  const auto& scores = member(object, "scores");
  if (!scores.is_object()) throw Error(ErrorKind::corrupt, "\"scores\" is no object");
  for (const auto& [metric, value] : scores.items()) {
    length.scores.emplace_back(metric, number_member(scores, metric.c_str()));
  }
  return length;
}

}  // namespace

std::string to_string(RunStatus status) {
  constexpr std::array<const char*, 3> names{"done", "diverged", "failed"};
  return names[static_cast<std::size_t>(status)];
}

nlohmann::ordered_json record_to_json(const SeedRecord& record) {
  nlohmann::ordered_json json;
  json["run_id"] = record.run_id;
  json["seed"] = record.seed;
  json["init_seed"] = record.init_seed;
  json["data_seed"] = record.data_seed;
  json["status"] = to_string(record.status);
  json["reason"] = record.reason;
  json["step"] = record.step;
  json["attempt"] = record.attempt;
  json["train_loss"] = record.train_loss ? json_number(*record.train_loss) : nlohmann::json();
  json["lengths"] = nlohmann::ordered_json::array();
  for (const LengthScores& length : record.lengths) json["lengths"].push_back(to_json(length));
  json["weights_digest"] = record.weights_digest;
  json["wall_s"] = json_number(record.wall_s);
  json["device"] = record.device;
  return json;
}

SeedRecord record_from_json(const nlohmann::ordered_json& object) {
  SeedRecord record;
  record.run_id = text_member(object, "run_id");
  record.seed = count_member(object, "seed");
  record.init_seed = unsigned_member(object, "init_seed");
  record.data_seed = unsigned_member(object, "data_seed");
  record.status = status_from(text_member(object, "status"));
  record.reason = text_member(object, "reason");
  record.step = count_member(object, "step");
  record.attempt = count_member(object, "attempt");
  if (!member(object, "train_loss").is_null()) record.train_loss = number_member(object, "train_loss");
  const auto& lengths = member(object, "lengths");
  if (!lengths.is_array()) throw Error(ErrorKind::corrupt, "\"lengths\" is no list");
  for (const auto& length : lengths) record.lengths.push_back(length_from_json(length));
  record.weights_digest = text_member(object, "weights_digest");
  record.wall_s = number_member(object, "wall_s");
  record.device = text_member(object, "device");
  return record;
}

}  // namespace seedscape
