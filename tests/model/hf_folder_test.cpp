#include "seedscape/model/hf_folder.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/model/weights_file.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

HfModel small_model() {
  const ModelConfig config{.width = 8, .depth = 2, .head_width = 4, .rotary_fraction = 0.5};
  return {.shape = model_shape(config, 6),
          .config = config,
          .tokens = {.text = {"0", "1", "$", ">", ".", "*"}, .begin = 2, .end = 4, .padding = 5},
          .origin = {{"run_id", "abc"}}};
}

std::vector<float> weights_of(const HfModel& model) {
  std::vector<float> weights(static_cast<std::size_t>(parameter_count(model.shape)));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i) / 8;
  return weights;
}

nlohmann::json json_in(const std::filesystem::path& file) { return nlohmann::json::parse(read_text(file)); }

/// What is said about an exported folder whose config.json has other members.
std::string refusal(const nlohmann::json& changes) {
  const TempFolder folder;
  const HfModel model = small_model();
  write_hf_folder(folder / "x", model, weights_of(model));
  nlohmann::json config = json_in(folder / "x/config.json");
  for (const auto& [key, value] : changes.items()) {
    if (value.is_null()) {
      config.erase(key);
    } else {
      config[key] = value;
    }
  }
  publish(folder / "x/config.json", config.dump());
  try {
    const std::vector<float> weights = read_hf_folder(folder / "x", model.shape, model.config);
    CHECK(weights == weights_of(model));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    const std::string text = error.what();
    return text.substr(text.find("config.json: ") + 13);
  }
  return "no error";
}

}  // namespace

TEST_CASE("hf_folder: config.json has the model's sizes and the ids of its marks", "[model]") {
  const TempFolder folder;
  HfModel model = small_model();
  write_hf_folder(folder / "x", model, weights_of(model));
  const nlohmann::json config = json_in(folder / "x/config.json");
  CHECK(config.at("architectures") == nlohmann::json{"GPTNeoXForCausalLM"});
  CHECK(config.at("vocab_size") == 6);
  CHECK(config.at("hidden_size") == 8);
  CHECK(config.at("intermediate_size") == 32);
  CHECK(config.at("num_attention_heads") == 2);
  CHECK(config.at("num_hidden_layers") == 2);
  CHECK(config.at("rotary_pct") == 0.5);
  CHECK(config.at("use_parallel_residual") == true);
  CHECK(config.at("bos_token_id") == 2);
  CHECK(config.at("eos_token_id") == 4);
  CHECK(config.at("pad_token_id") == 5);
  CHECK(config.at("seedscape").at("run_id") == "abc");

  model.begin_and_end_are_0 = true;
  model.config.residual = "sequential";
  write_hf_folder(folder / "y", model, weights_of(model));
  const nlohmann::json authors = json_in(folder / "y/config.json");
  CHECK(authors.at("bos_token_id") == 0);
  CHECK(authors.at("eos_token_id") == 0);
  CHECK(authors.at("pad_token_id") == 5);
  CHECK(authors.at("use_parallel_residual") == false);
}

TEST_CASE("hf_folder: the tokenizer gives each word its id", "[model]") {
  const TempFolder folder;
  const HfModel model = small_model();
  write_hf_folder(folder / "x", model, weights_of(model));
  const nlohmann::json tokenizer = json_in(folder / "x/tokenizer.json");
  CHECK(tokenizer.at("model").at("vocab") ==
        nlohmann::json{{"0", 0}, {"1", 1}, {"$", 2}, {">", 3}, {".", 4}, {"*", 5}});
  CHECK(tokenizer.at("pre_tokenizer").at("type") == "WhitespaceSplit");
  CHECK(json_in(folder / "x/tokenizer_config.json").at("eos_token") == ".");
}

TEST_CASE("hf_folder: what is exported can be started from, the folder or the file alone", "[model]") {
  const TempFolder folder;
  const HfModel model = small_model();
  write_hf_folder(folder / "x", model, weights_of(model));
  CHECK(read_hf_folder(folder / "x", model.shape, model.config) == weights_of(model));
  CHECK(read_hf_folder(folder / "x/model.safetensors", model.shape, model.config) == weights_of(model));
}

TEST_CASE("hf_folder: nothing is written into a folder that holds something", "[model]") {
  const TempFolder folder;
  std::ofstream(folder / "mine") << "x";
  const HfModel model = small_model();
  CHECK_THROWS_AS(write_hf_folder(folder.path(), model, weights_of(model)), Error);
  CHECK_FALSE(std::filesystem::exists(folder / "config.json"));
}

TEST_CASE("hf_folder: the config.json of transformers 5 says the same in other members", "[model]") {
  const nlohmann::json moved{{"rotary_pct", nullptr}, {"rotary_emb_base", nullptr}};
  nlohmann::json changes = moved;
  changes["rope_parameters"] = {{"partial_rotary_factor", 0.5}, {"rope_theta", 10000.0}, {"rope_type", "default"}};
  CHECK(refusal(changes) == "no error");
  changes["rope_parameters"]["partial_rotary_factor"] = 1.0;
  CHECK(refusal(changes) == "rotary_pct is 1.0, the config's model needs 0.5");
  changes["rope_parameters"] = {{"partial_rotary_factor", 0.5}, {"rope_theta", 500.0}};
  CHECK(refusal(changes) == "rotary_emb_base is 500.0, the config's model needs 10000.0");
  changes["rope_parameters"] = {{"partial_rotary_factor", 0.5}, {"rope_theta", 10000.0}, {"rope_type", "linear"}};
  CHECK(refusal(changes) == "rope_type is \"linear\", the config's model needs \"default\"");
  CHECK(refusal(moved) == "rotary_pct is 0.25, the config's model needs 0.5");  // transformers' own default
}

TEST_CASE("hf_folder: a model of another formula or size is refused by the member that says so", "[model]") {
  CHECK(refusal(nlohmann::json::object()) == "no error");
  CHECK(refusal({{"use_parallel_residual", false}}) == "use_parallel_residual is false, the config's model needs true");
  CHECK(refusal({{"hidden_act", "gelu_new"}}) == "hidden_act is \"gelu_new\", the config's model needs \"gelu\"");
  CHECK(refusal({{"num_attention_heads", 1}}) == "num_attention_heads is 1, the config's model needs 2");
  CHECK(refusal({{"model_type", "llama"}}) == "model_type is \"llama\", the config's model needs \"gpt_neox\"");
  CHECK(refusal({{"layer_norm_eps", 1e-6}}) == "layer_norm_eps is 1e-06, the config's model needs 1e-05");
  CHECK(refusal({{"tie_word_embeddings", true}}) == "tie_word_embeddings is true, the config's model needs false");
  CHECK(refusal({{"attention_bias", false}}) == "attention_bias is false, the config's model needs true");
  CHECK(refusal({{"rope_scaling", {{"type", "linear"}}}}) ==
        "rope_scaling is {\"type\":\"linear\"}, the config's model needs null");
  CHECK(refusal({{"vocab_size", nullptr}}) == "vocab_size is null, the config's model needs 6");
}
