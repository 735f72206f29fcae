#include "train/reference/optimizer.h"

#include <cmath>

#include "support/torch_test.h"

using namespace seedscape;

namespace {

const ModelShape kShape{.V = 3, .D = 2, .L = 1, .H = 1, .K = 2, .F = 8, .R = 2};

TrainConfig config(double weight_decay, const char* scope = "all") {
  TrainConfig train;
  train.weight_decay = weight_decay;
  train.decay_scope = scope;
  return train;
}

}  // namespace

TEST_CASE("optimizer: three AdamW updates follow the formula", "[train]") {
  const ParameterLayout layout(kShape);
  torch::Tensor weights = torch::linspace(-1, 1, layout.size, torch::kFloat64);
  std::vector<double> w(weights.data_ptr<double>(), weights.data_ptr<double>() + layout.size), m(w.size()), v(w.size());
  AdamW optimizer(layout, config(0.1), weights);
  const double rates[] = {0.0, 0.05, 0.02};
  for (int t = 1; t <= 3; ++t) {
    const torch::Tensor gradient = torch::cos(torch::arange(layout.size, torch::kFloat64) * t);
    const double rate = rates[t - 1];
    optimizer.step(gradient, rate);
    for (std::size_t i = 0; i < w.size(); ++i) {
      const auto g = gradient[static_cast<std::int64_t>(i)].item<double>();
      w[i] *= 1 - rate * 0.1;
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      w[i] -= rate * (m[i] / (1 - std::pow(0.9, t))) / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
    }
  }
  for (std::size_t i = 0; i < w.size(); ++i)
    CHECK(weights[static_cast<std::int64_t>(i)].item<double>() == Approx(w[i]).epsilon(1e-12));
}

TEST_CASE("optimizer: decay on matrices alone leaves biases, norms and embeddings as they are", "[train]") {
  const ParameterLayout layout(kShape);
  torch::Tensor weights = torch::ones({layout.size}, torch::kFloat64);
  AdamW optimizer(layout, config(0.5, "matrices"), weights);
  optimizer.step(torch::zeros_like(weights), 0.1);
  for (const ParameterTensor& tensor : layout.tensors) {
    INFO(tensor.name);
    const double expected = tensor.kind == ParameterTensor::Kind::weight ? 0.95 : 1.0;
    CHECK((weights.narrow(0, tensor.offset, tensor.size) == expected).all().item<bool>());
  }
}

TEST_CASE("optimizer: a gradient longer than the limit is scaled to it, a shorter one stays", "[train]") {
  torch::Tensor gradient = torch::tensor({3.0, 4.0}, torch::kFloat64);
  CHECK(clip_norm(gradient, 1.0) == 5.0);
  CHECK(gradient[0].item<double>() == Approx(3.0 / (5.0 + 1e-6)).epsilon(1e-12));
  torch::Tensor small = torch::tensor({0.3, 0.4}, torch::kFloat64);
  CHECK(clip_norm(small, 1.0) == Approx(0.5));
  CHECK(small[1].item<double>() == 0.4);
  torch::Tensor free = torch::tensor({30.0, 40.0}, torch::kFloat64);
  CHECK(clip_norm(free, 0.0) == 50.0);
  CHECK(free[0].item<double>() == 30.0);
}
