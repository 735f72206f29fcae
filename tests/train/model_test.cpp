#include "train/reference/model.h"

#include <fstream>

#include "seedscape/model/init.h"
#include "support/torch_test.h"
#include "train/reference/trainer.h"

using namespace seedscape;

namespace {

/// What scripts/golden/forward.py computed with Hugging Face transformers.
const nlohmann::json& golden() {
  static const nlohmann::json data =
      nlohmann::json::parse(std::ifstream(SEEDSCAPE_SOURCE_DIR "/tests/golden/forward.json"));
  return data;
}

struct GoldenCase {
  TrainerSetup setup;
  Batch batch;
};

GoldenCase read_case(const nlohmann::json& data) {
  GoldenCase golden_case;
  ModelConfig& model = golden_case.setup.model;
  model.width = data.at("D");
  model.depth = data.at("L");
  model.head_width = data.at("K");
  model.rotary_fraction = data.at("rotary_fraction");
  model.residual = data.at("parallel").get<bool>() ? "parallel" : "sequential";
  golden_case.setup.shape = model_shape(model, data.at("V"));
  golden_case.setup.seeds = {{golden().at("seed").get<std::uint64_t>(), 0}};
  golden_case.setup.train.steps = 1;
  Batch& batch = golden_case.batch;
  batch.rows = data.at("B");
  batch.columns = data.at("T").get<std::int64_t>() + 1;
  for (const auto& row : data.at("tokens")) batch.tokens.insert(batch.tokens.end(), row.begin(), row.end());
  for (const auto& row : data.at("loss_mask")) batch.loss_mask.insert(batch.loss_mask.end(), row.begin(), row.end());
  return golden_case;
}

void check_case(const nlohmann::json& data, torch::Dtype dtype, const std::string& kind) {
  const auto& [setup, batch] = read_case(data);
  const nlohmann::json& expected = data.at(kind);
  const double tolerance = golden().at("tolerance").at(kind);
  const ParameterLayout layout(setup.shape);
  ReferenceTrainer trainer(setup, dtype);
  {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor tensor : trainer.model().parameters()) {
      // Matrices are scaled in fp32, as the script does before it goes to fp64.
      if (tensor.dim() == 2) tensor.copy_(tensor.to(torch::kFloat32).mul_(golden().at("weight_factor").get<double>()));
    }
  }
  const torch::Tensor loss = trainer.loss(batch);
  CHECK(loss.item<double>() == Approx(expected.at("loss").get<double>()).epsilon(tolerance));

  const torch::Tensor gradient = trainer.gradient(loss);
  for (const ParameterTensor& tensor : layout.tensors) {
    INFO(kind << " gradient of " << tensor.name);
    const double norm = expected.at("gradient_norms").at(tensor.name);
    CHECK(gradient.narrow(0, tensor.offset, tensor.size).norm().item<double>() == Approx(norm).epsilon(10 * tolerance));
  }

  const torch::NoGradGuard no_grad;
  const torch::Tensor tokens = torch::tensor(std::vector<std::int64_t>(batch.tokens.begin(), batch.tokens.end()));
  const torch::Tensor logits =
      trainer.model().forward(tokens.view({batch.rows, batch.columns}).narrow(1, 0, batch.columns - 1));
  const torch::Tensor known = torch::tensor(expected.at("logits").get<std::vector<double>>(), torch::kFloat64);
  const double scale = known.abs().max().item<double>();
  CHECK((logits.reshape({-1}).to(torch::kFloat64) - known).abs().max().item<double>() < tolerance * scale);
}

}  // namespace

TEST_CASE("model: logits, loss and gradients are those of Hugging Face's GPT-NeoX", "[train][golden]") {
  REQUIRE(golden().at("cases").size() == 3);
  for (const nlohmann::json& data : golden().at("cases")) {
    INFO("D " << data.at("D") << " L " << data.at("L") << " rotary " << data.at("rotary_fraction") << " parallel "
              << data.at("parallel"));
    check_case(data, torch::kFloat32, "fp32");
    check_case(data, torch::kFloat64, "fp64");
  }
}

TEST_CASE("model: a token changes no logits before it", "[train]") {
  const GoldenCase golden_case = read_case(golden().at("cases").at(1));
  ReferenceTrainer trainer(golden_case.setup);
  const torch::NoGradGuard no_grad;
  torch::Tensor tokens = torch::arange(12).view({1, 12});
  const torch::Tensor before = trainer.model().forward(tokens).clone();
  tokens[0][7] = 3;
  const torch::Tensor after = trainer.model().forward(tokens);
  CHECK(torch::equal(before.narrow(1, 0, 7), after.narrow(1, 0, 7)));
  CHECK_FALSE(torch::equal(before.narrow(1, 7, 1), after.narrow(1, 7, 1)));
}

TEST_CASE("model: longer inputs than before get their own rotation, shorter ones again the same", "[train]") {
  const GoldenCase golden_case = read_case(golden().at("cases").at(0));
  ReferenceTrainer trainer(golden_case.setup);
  const torch::NoGradGuard no_grad;
  const torch::Tensor tokens = torch::arange(16).view({1, 16});
  const torch::Tensor head = trainer.model().forward(tokens.narrow(1, 0, 5)).clone();
  const torch::Tensor whole = trainer.model().forward(tokens);
  CHECK(torch::allclose(whole.narrow(1, 0, 5), head, 1e-5, 1e-6));
  CHECK(torch::equal(trainer.model().forward(tokens.narrow(1, 0, 5)), head));
}

TEST_CASE("model: the rotary base sets the frequencies but the first, which is 1", "[train]") {
  const GoldenCase golden_case = read_case(golden().at("cases").at(0));
  const auto logits = [&](std::int64_t turned, double base) {
    TrainerSetup setup = golden_case.setup;
    setup.model.rotary_base = base;
    setup.shape.R = turned;
    ReferenceTrainer trainer(setup);
    const torch::NoGradGuard no_grad;
    torch::Tensor weights = trainer.model().weights();
    weights.mul_(10);  // away from attention that is nearly uniform
    return trainer.model().forward(torch::arange(9).view({1, 9})).clone();
  };
  CHECK(torch::equal(logits(2, 10000), logits(2, 50)));
  CHECK_FALSE(torch::allclose(logits(4, 10000), logits(4, 50), 1e-3, 1e-3));
}
