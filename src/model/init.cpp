#include "seedscape/model/init.h"

#include <algorithm>

#include "seedscape/base/rng.h"

namespace seedscape {

namespace {
constexpr double kInitialDeviation = 0.02;  // GPT-NeoX's initializer_range
}

std::vector<float> initial_weights(const ParameterLayout& layout, std::uint64_t init_seed) {
  std::vector<float> weights(static_cast<std::size_t>(layout.size));
  for (std::size_t i = 0; i < layout.tensors.size(); ++i) {
    const ParameterTensor& tensor = layout.tensors[i];
    Rng rng(init_seed, Purpose::initial_weights, 0, static_cast<std::uint32_t>(i));
    for (std::int64_t e = 0; e < tensor.size; ++e) {
      float& weight = weights[static_cast<std::size_t>(tensor.offset + e)];
      switch (tensor.kind) {
        case ParameterTensor::Kind::bias:
          weight = 0;
          break;
        case ParameterTensor::Kind::norm_scale:
          weight = 1;
          break;
        case ParameterTensor::Kind::weight:
        case ParameterTensor::Kind::embedding:
          weight = static_cast<float>(kInitialDeviation * rng.normal());
          break;
      }
    }
  }
  return weights;
}

void reset_weights(const ParameterLayout& layout, std::int64_t L, const std::string& what, std::uint64_t init_seed,
                   std::vector<float>& weights) {
  if (what == "none") return;
  const std::string layer = "gpt_neox.layers." + std::to_string(L - 1) + ".";
  const std::string reset = what == "last_attention" ? layer + "attention." : layer;
  const std::vector<float> drawn = initial_weights(layout, init_seed);
  for (const ParameterTensor& tensor : layout.tensors) {
    if (!tensor.name.starts_with(reset) && tensor.name != "embed_out.weight") continue;
    std::copy_n(drawn.begin() + tensor.offset, tensor.size, weights.begin() + tensor.offset);
  }
}

}  // namespace seedscape
