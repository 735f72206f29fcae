#include "seedscape/model/weights_file.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/base/file_reader.h"
#include "seedscape/base/printable.h"
#include "seedscape/base/safetensors.h"

namespace seedscape {

namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t dim : shape) text += (text.empty() ? "" : ", ") + std::to_string(dim);
  return "[" + text + "]";
}

constexpr std::uint64_t kMostHeaderBytes = 8 << 20;  // parse_safetensors takes half of it

void require_origin(const TensorFile& file, const std::map<std::string, std::string>& about) {
  for (const auto& [key, value] : about) {
    const auto stored = file.metadata.find(key);
    const std::string found = stored == file.metadata.end() ? "not given" : printable(stored->second);
    if (found != value) throw Error(ErrorKind::corrupt, "its " + key + " is " + found + ", not " + value);
  }
}

std::vector<float> arranged(const TensorFile& file, const ParameterLayout& layout) {
  std::vector<float> weights(static_cast<std::size_t>(layout.size));
  std::set<std::string> known;
  for (const ParameterTensor& tensor : layout.tensors) {
    const auto stored = std::ranges::find(file.tensors, tensor.name, &StoredTensor::name);
    if (stored == file.tensors.end()) throw Error(ErrorKind::corrupt, "has no tensor " + tensor.name);
    if (stored->shape != tensor.shape) {
      throw Error(ErrorKind::corrupt, tensor.name + " has the shape " + shape_text(stored->shape) +
                                          ", the model's is " + shape_text(tensor.shape));
    }
    std::copy_n(file.data.begin() + stored->offset, stored->size, weights.begin() + tensor.offset);
    known.insert(tensor.name);
  }
  for (const StoredTensor& stored : file.tensors) {
    if (!known.contains(stored.name)) {
      throw Error(ErrorKind::corrupt, "has a tensor that the model lacks, " + printable(stored.name));
    }
  }
  return weights;
}

}  // namespace

std::string weights_file_bytes(const ParameterLayout& layout, std::span<const float> weights,
                               std::map<std::string, std::string> metadata) {
  std::vector<StoredTensor> tensors;
  for (const ParameterTensor& tensor : layout.tensors) {
    tensors.push_back({tensor.name, tensor.shape, tensor.offset, tensor.size});
  }
  metadata["format"] = "pt";
  return safetensors_bytes(tensors, weights, std::move(metadata));
}

std::vector<float> read_weights_file(const std::filesystem::path& file, const ParameterLayout& layout,
                                     const std::map<std::string, std::string>& about) {
  const std::uint64_t most = static_cast<std::uint64_t>(layout.size) * sizeof(float) + kMostHeaderBytes;
  const std::string bytes = read_limited(file, most);
  return with_context(printable(file.string()), [&] {
    const TensorFile stored = parse_safetensors(bytes);
    require_origin(stored, about);
    return arranged(stored, layout);
  });
}

}  // namespace seedscape
