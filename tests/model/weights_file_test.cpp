#include "seedscape/model/weights_file.h"

#include <algorithm>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/safetensors.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

const ModelShape kShape{.V = 5, .D = 4, .L = 1, .H = 2, .K = 2, .F = 16, .R = 2};

/// 0, 1, 2, ...: every weight is another number.
std::vector<float> counted(const ParameterLayout& layout) {
  std::vector<float> weights(static_cast<std::size_t>(layout.size));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i);
  return weights;
}

std::string refusal(const TempFolder& folder, const std::vector<StoredTensor>& tensors, std::size_t numbers) {
  publish(folder / "w.safetensors", safetensors_bytes(tensors, std::vector<float>(numbers), {}));
  try {
    read_weights_file(folder / "w.safetensors", ParameterLayout(kShape));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::corrupt);
    const std::string text = error.what();
    return text.substr(text.find("w.safetensors: ") + 15);
  }
  return "no error";
}

std::vector<StoredTensor> all_tensors() {
  std::vector<StoredTensor> tensors;
  for (const ParameterTensor& tensor : ParameterLayout(kShape).tensors) {
    tensors.push_back({tensor.name, tensor.shape, tensor.offset, tensor.size});
  }
  return tensors;
}

}  // namespace

TEST_CASE("weights_file: weights are read back in their places, and the metadata says what transformers asks",
          "[model]") {
  const TempFolder folder;
  const ParameterLayout layout(kShape);
  const std::string bytes = weights_file_bytes(layout, counted(layout), {{"run_id", "abc"}});
  publish(folder / "w", bytes);
  CHECK(read_weights_file(folder / "w", layout) == counted(layout));
  const TensorFile file = parse_safetensors(bytes);
  CHECK(file.metadata.at("format") == "pt");
  CHECK(file.metadata.at("run_id") == "abc");
  CHECK(file.tensors.front().name == "gpt_neox.embed_in.weight");
  CHECK(file.tensors.front().shape == std::vector<std::int64_t>{5, 4});
}

TEST_CASE("weights_file: tensors are found by name, in whatever order another program wrote them", "[model]") {
  const TempFolder folder;
  const ParameterLayout layout(kShape);
  const std::vector<float> weights = counted(layout);
  std::vector<StoredTensor> reversed = all_tensors();
  std::ranges::reverse(reversed);
  std::vector<float> data;
  for (StoredTensor& tensor : reversed) {
    const auto from = weights.begin() + tensor.offset;
    tensor.offset = static_cast<std::int64_t>(data.size());
    data.insert(data.end(), from, from + tensor.size);
  }
  publish(folder / "w", safetensors_bytes(reversed, data, {}));
  CHECK(read_weights_file(folder / "w", layout) == weights);
}

TEST_CASE("weights_file: a tensor that is missing, too many or of another shape is named", "[model]") {
  const TempFolder folder;
  const auto size = static_cast<std::size_t>(ParameterLayout(kShape).size);
  std::vector<StoredTensor> tensors = all_tensors();
  CHECK(refusal(folder, tensors, size) == "no error");

  tensors.front().shape = {4, 5};
  CHECK(refusal(folder, tensors, size) == "gpt_neox.embed_in.weight has the shape [4, 5], the model's is [5, 4]");

  tensors = all_tensors();
  tensors.pop_back();
  CHECK(refusal(folder, tensors, size - 20) == "has no tensor embed_out.weight");

  tensors = all_tensors();
  tensors.push_back({"extra\x1b", {1}, static_cast<std::int64_t>(size), 1});
  CHECK(refusal(folder, tensors, size + 1) == "has a tensor that the model lacks, extra\\x1b");
}
