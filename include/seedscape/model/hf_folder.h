#pragma once
// A trained seed as a folder that Hugging Face's GPTNeoXForCausalLM and AutoTokenizer open, and the way back.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "seedscape/model/shape.h"

namespace seedscape {

/// Names of the token ids, for a tokenizer that splits text at spaces.
struct TokenNames {
  std::vector<std::string> text{};  // [V]
  std::int64_t begin = 0, end = 0, padding = 0;
};

struct HfModel {
  ModelShape shape;
  ModelConfig config;
  TokenNames tokens;
  std::map<std::string, std::string> origin{};  // of the weights: run id, step, ...; kept in both files
  /// Name token 0 as begin and end, as the paper's authors left it. generate() then stops at the number 0.
  bool begin_and_end_are_0 = false;
};

/// Writes config.json, tokenizer.json, tokenizer_config.json and, last, model.safetensors.
///
/// Shapes: weights [P]
/// Throws: Error(usage) if the folder exists and is not empty, Error(io)
void write_hf_folder(const std::filesystem::path& folder, const HfModel& model, std::span<const float> weights);

/// The weights, [P], in such a folder (made here or by save_pretrained), or in a .safetensors file on its own.
///
/// Throws: Error(usage) naming what its config.json and the model disagree in, Error(io) and Error(corrupt) as
///         read_weights_file
std::vector<float> read_hf_folder(const std::filesystem::path& folder_or_file, const ModelShape& shape,
                                  const ModelConfig& config);

}  // namespace seedscape
