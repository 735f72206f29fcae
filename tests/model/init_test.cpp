#include "seedscape/model/init.h"

#include <cmath>
#include <set>

#include "seedscape/base/rng.h"
#include "support/test.h"

using namespace seedscape;

namespace {
const ModelShape kShape{.V = 44, .D = 32, .L = 2, .H = 2, .K = 16, .F = 128, .R = 4};
}

TEST_CASE("init: each weight is 0.02 times the normal draw of its element in its tensor's stream", "[model]") {
  const ParameterLayout layout(kShape);
  const std::vector<float> weights = initial_weights(layout, 5);
  const ParameterTensor& up = layout["gpt_neox.layers.1.mlp.dense_h_to_4h.weight"];
  const auto index = static_cast<std::uint32_t>(&up - layout.tensors.data());
  Rng rng(5, Purpose::initial_weights, 0, index);
  for (std::int64_t e = 0; e < up.size; ++e) {
    REQUIRE(weights[static_cast<std::size_t>(up.offset + e)] == static_cast<float>(0.02 * rng.normal()));
  }
}

TEST_CASE("init: weights and embeddings have deviation 0.02, biases are 0, norm scales 1", "[model]") {
  const ParameterLayout layout(kShape);
  const std::vector<float> weights = initial_weights(layout, 0);
  for (const ParameterTensor& tensor : layout.tensors) {
    INFO(tensor.name);
    double sum = 0, squares = 0;
    for (std::int64_t e = 0; e < tensor.size; ++e) {
      const double w = weights[static_cast<std::size_t>(tensor.offset + e)];
      sum += w;
      squares += w * w;
    }
    const auto n = static_cast<double>(tensor.size);
    switch (tensor.kind) {
      case ParameterTensor::Kind::bias:
        CHECK(squares == 0);
        break;
      case ParameterTensor::Kind::norm_scale:
        CHECK((sum == n && squares == n));
        break;
      default:
        CHECK(std::abs(sum / n) < 4 * 0.02 / std::sqrt(n));
        CHECK(squares / n == Approx(0.02 * 0.02).epsilon(4 * std::sqrt(2 / n)));
    }
  }
}

TEST_CASE("init: the first weights of seed 0 are known, on every machine", "[model]") {
  const std::vector<float> weights = initial_weights(ParameterLayout(kShape), 0);
  // 0.02 * scipy.stats.norm.ppf((word + 0.5) / 2^32) of Random123's block at key 0, counter (1, 0, 0, 0), as float32.
  const std::vector<float> known{0.0382960662f, -0.00705749774f, 0.0101404749f, -0.0357090235f};
  for (std::size_t i = 0; i < known.size(); ++i) CHECK(weights[i] == known[i]);
}

TEST_CASE("init: a reset draws the head and the last attention anew, or the last layer, and nothing else", "[model]") {
  const ModelShape shape{.V = 3, .D = 4, .L = 2, .H = 1, .K = 4, .F = 16, .R = 2};
  const ParameterLayout layout(shape);
  const std::vector<float> drawn = initial_weights(layout, 7);
  for (const std::string what : {"none", "last_attention", "last_layer"}) {
    std::vector<float> weights(drawn.size(), 5);
    reset_weights(layout, shape.L, what, 7, weights);
    for (const ParameterTensor& tensor : layout.tensors) {
      const bool in_last = tensor.name.find("layers.1.") != std::string::npos;
      const bool in_attention = tensor.name.find("layers.1.attention.") != std::string::npos;
      const bool is_reset =
          what != "none" && (tensor.name == "embed_out.weight" || in_attention || (in_last && what == "last_layer"));
      INFO(what << " " << tensor.name);
      for (std::int64_t e = tensor.offset; e < tensor.offset + tensor.size; ++e) {
        const auto i = static_cast<std::size_t>(e);
        REQUIRE(weights[i] == (is_reset ? drawn[i] : 5));
      }
    }
  }
}

TEST_CASE("init: ten thousand seeds give ten thousand first weights, also beyond 32 bits", "[model]") {
  const ParameterLayout layout({.V = 1, .D = 4, .L = 1, .H = 1, .K = 4, .F = 16, .R = 2});
  std::set<std::vector<float>> starts;
  for (std::uint64_t seed = 0; seed < 10000; ++seed) {
    const std::vector<float> weights = initial_weights(layout, seed << 20);
    starts.insert({weights.begin(), weights.begin() + 4});
  }
  CHECK(starts.size() == 10000);
}
