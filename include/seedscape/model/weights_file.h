#pragma once
// One seed's weights as a safetensors file, each tensor under its Hugging Face name.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "seedscape/model/shape.h"

namespace seedscape {

/// The file's bytes. The metadata gets {"format": "pt"}, which transformers asks for, and the digest of the numbers.
///
/// Shapes: weights [P], as the layout places them
std::string weights_file_bytes(const ParameterLayout& layout, std::span<const float> weights,
                               std::map<std::string, std::string> metadata);

/// The weights in a file, whatever the order of its tensors: [P], as the layout places them. Its metadata has to say
/// the same as `about`.
///
/// Throws: Error(io) if it cannot be read, Error(corrupt) if it is damaged, is of another origin or does not hold
///         exactly the layout's tensors, Error(usage) for a pickle or zip archive
std::vector<float> read_weights_file(const std::filesystem::path& file, const ParameterLayout& layout,
                                     const std::map<std::string, std::string>& about = {});

}  // namespace seedscape
