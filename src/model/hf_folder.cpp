#include "seedscape/model/hf_folder.h"

#include <nlohmann/json.hpp>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/file_reader.h"
#include "seedscape/base/printable.h"
#include "seedscape/base/strict_json.h"
#include "seedscape/model/weights_file.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kConfig = "config.json";
constexpr double kNormEpsilon = 1e-5;
constexpr std::uint64_t kMostConfigBytes = 1 << 20;

Json config_json(const HfModel& model) {
  const ModelShape& shape = model.shape;
  return {{"architectures", {"GPTNeoXForCausalLM"}},
          {"model_type", "gpt_neox"},
          {"vocab_size", shape.V},
          {"hidden_size", shape.D},
          {"intermediate_size", shape.F},
          {"num_attention_heads", shape.H},
          {"num_hidden_layers", shape.L},
          {"hidden_act", "gelu"},
          {"rotary_pct", model.config.rotary_fraction},
          {"rotary_emb_base", model.config.rotary_base},
          {"max_position_embeddings", 2048},
          {"initializer_range", 0.02},
          {"layer_norm_eps", kNormEpsilon},
          {"use_parallel_residual", model.config.residual == "parallel"},
          {"attention_bias", true},
          {"attention_dropout", 0.0},
          {"hidden_dropout", 0.0},
          {"tie_word_embeddings", false},
          {"use_cache", true},
          {"bos_token_id", model.begin_and_end_are_0 ? 0 : model.tokens.begin},
          {"eos_token_id", model.begin_and_end_are_0 ? 0 : model.tokens.end},
          {"pad_token_id", model.tokens.padding},
          {"torch_dtype", "float32"},
          {"seedscape", model.origin}};
}

/// Words at spaces, each its own token; a word that is none is an error there, not a silent unknown.
Json tokenizer_json(const TokenNames& tokens) {
  Json words = Json::object(), special = Json::array();
  for (std::size_t id = 0; id < tokens.text.size(); ++id) words[tokens.text[id]] = id;
  for (const std::int64_t id : {tokens.begin, tokens.end, tokens.padding}) {
    special.push_back({{"id", id},
                       {"content", tokens.text[static_cast<std::size_t>(id)]},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", true}});
  }
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", special},
          {"normalizer", nullptr},
          {"pre_tokenizer", {{"type", "WhitespaceSplit"}}},
          {"post_processor", nullptr},
          {"decoder", nullptr},
          {"model", {{"type", "WordLevel"}, {"vocab", words}, {"unk_token", "[UNK]"}}}};
}

Json tokenizer_config_json(const TokenNames& tokens) {
  const auto text = [&](std::int64_t id) { return tokens.text[static_cast<std::size_t>(id)]; };
  return {{"tokenizer_class", "PreTrainedTokenizerFast"},
          {"bos_token", text(tokens.begin)},
          {"eos_token", text(tokens.end)},
          {"pad_token", text(tokens.padding)},
          {"model_input_names", {"input_ids", "attention_mask"}},
          {"clean_up_tokenization_spaces", false}};
}

/// A member of a config.json under the name of transformers 4 or, inside rope_parameters, of 5; else its default there.
Json rotary_setting(const Json& config, const char* name, const char* name_in_rope, const Json& otherwise) {
  if (config.contains(name)) return config.at(name);
  const auto rope = config.find("rope_parameters");
  if (rope != config.end() && rope->is_object()) return rope->value(name_in_rope, otherwise);
  return otherwise;
}

/// A model of other sizes or another formula would take the weights and compute something else.
void require_same_model(const Json& config, const ModelShape& shape, const ModelConfig& own) {
  if (!config.is_object()) throw Error(ErrorKind::corrupt, "is no JSON object");
  const auto require = [](const std::string& key, const Json& theirs, const Json& ours) {
    if (theirs == ours) return;
    throw Error(ErrorKind::usage,
                key + " is " + printable(theirs.dump()) + ", the config's model needs " + ours.dump());
  };
  const auto require_member = [&](const char* key, const Json& ours) { require(key, config.value(key, Json()), ours); };
  require_member("model_type", "gpt_neox");
  require_member("vocab_size", shape.V);
  require_member("hidden_size", shape.D);
  require_member("intermediate_size", shape.F);
  require_member("num_attention_heads", shape.H);
  require_member("num_hidden_layers", shape.L);
  require("hidden_act", config.value("hidden_act", Json("gelu")), "gelu");
  require("layer_norm_eps", config.value("layer_norm_eps", Json(kNormEpsilon)), kNormEpsilon);
  require("use_parallel_residual", config.value("use_parallel_residual", Json(true)), own.residual == "parallel");
  require("attention_bias", config.value("attention_bias", Json(true)), true);
  require("tie_word_embeddings", config.value("tie_word_embeddings", Json(false)), false);
  require("rope_scaling", config.value("rope_scaling", Json()), nullptr);
  require("rope_type", rotary_setting(config, "rope_type", "rope_type", "default"), "default");
  require("rotary_emb_base", rotary_setting(config, "rotary_emb_base", "rope_theta", 10000.0), own.rotary_base);
  const Json fraction = rotary_setting(config, "rotary_pct", "partial_rotary_factor", 0.25);
  if (!fraction.is_number() ||
      static_cast<std::int64_t>(static_cast<double>(shape.K) * fraction.get<double>()) != shape.R)
    require("rotary_pct", fraction, own.rotary_fraction);
}

}  // namespace

void write_hf_folder(const fs::path& folder, const HfModel& model, std::span<const float> weights) {
  std::error_code problem;
  if (fs::exists(folder, problem) && !fs::is_empty(folder, problem)) {
    throw Error(ErrorKind::usage, printable(folder.string()) + " is not empty; export writes to a new folder");
  }
  make_folder(folder);
  publish(folder / kConfig, config_json(model).dump(2) + "\n");
  publish(folder / "tokenizer.json", tokenizer_json(model.tokens).dump(1) + "\n");
  publish(folder / "tokenizer_config.json", tokenizer_config_json(model.tokens).dump(1) + "\n");
  publish(folder / kWeights, weights_file_bytes(ParameterLayout(model.shape), weights, model.origin));
}

std::vector<float> read_hf_folder(const fs::path& folder_or_file, const ModelShape& shape, const ModelConfig& config) {
  const ParameterLayout layout(shape);
  std::error_code problem;
  if (!fs::is_directory(folder_or_file, problem)) return read_weights_file(folder_or_file, layout);
  const fs::path description = folder_or_file / kConfig;
  const std::string text = read_limited(description, kMostConfigBytes);
  with_context(printable(description.string()), [&] { require_same_model(parse_strict(text), shape, config); });
  return read_weights_file(folder_or_file / kWeights, layout);
}

}  // namespace seedscape
