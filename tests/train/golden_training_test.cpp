// Gradients and twenty updates against Hugging Face's GPT-NeoX and torch.optim.AdamW (scripts/golden/training.py).

#include <fstream>

#include "seedscape/config/load.h"
#include "seedscape/tasks/task.h"
#include "support/torch_test.h"
#include "train/reference/trainer.h"

using namespace seedscape;

namespace {

const nlohmann::json& golden() {
  static const nlohmann::json data =
      nlohmann::json::parse(std::ifstream(SEEDSCAPE_SOURCE_DIR "/tests/golden/training.json"));
  return data;
}

/// The only cell of a case's config, with the batches that its task gives.
TrainerSetup read_setup(const nlohmann::json& data) {
  const Cell cell = expand_cells(parse_config(data.at("config").dump(), "golden.json").config).at(0);
  const std::shared_ptr<const Task> task = make_task(cell.task);
  TrainerSetup setup{.shape = model_shape(cell.model, task->vocabulary().size()),
                     .model = cell.model,
                     .train = cell.train,
                     .seeds = {{golden().at("init_seed"), golden().at("data_seed")}},
                     .batches = {}};
  setup.batches = [task, cell](std::uint64_t data_seed, std::int64_t step) {
    return training_batch(*task, cell.task, cell.train, data_seed, step);
  };
  return setup;
}

/// The sign of element e in projection k, as the script has it.
double sign(std::uint64_t e, std::uint64_t k, std::uint64_t projections) {
  std::uint64_t z = e * projections + k + 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return (z >> 63) != 0 ? -1 : 1;
}

/// How far a tensor lies from the one that was written down, as a share of that one's norm.
///
/// Shapes: ours [size], fp64
double relative_distance(const torch::Tensor& ours, const nlohmann::json& theirs) {
  const auto projections = theirs.at("projections").get<std::vector<double>>();
  const double* const x = ours.data_ptr<double>();
  double squares = 0;
  for (std::size_t k = 0; k < projections.size(); ++k) {
    double sum = 0;
    for (std::int64_t e = 0; e < ours.numel(); ++e)
      sum += sign(static_cast<std::uint64_t>(e), k, projections.size()) * x[e];
    squares += (sum - projections[k]) * (sum - projections[k]);
  }
  return std::sqrt(squares / static_cast<double>(projections.size())) / theirs.at("norm").get<double>();
}

void check_tensors(const torch::Tensor& flat, const ParameterLayout& layout, const nlohmann::json& theirs,
                   const std::string& what, double tolerance) {
  const torch::Tensor values = flat.to(torch::kFloat64).contiguous();
  REQUIRE(theirs.size() == layout.tensors.size());
  for (const ParameterTensor& tensor : layout.tensors) {
    INFO(what << " of " << tensor.name);
    const torch::Tensor ours = values.narrow(0, tensor.offset, tensor.size);
    const nlohmann::json& expected = theirs.at(tensor.name);
    CHECK(relative_distance(ours, expected) < tolerance);
    CHECK(ours.norm().item<double>() == Approx(expected.at("norm").get<double>()).epsilon(tolerance));
  }
}

/// Puts 0 for the key biases of the dims that do not turn. They shift all scores of a query alike: their gradient is
/// nothing but rounding, which in fp32 is large enough for Adam to move them.
///
/// Shapes: change [P]
void leave_out_idle_key_biases(torch::Tensor& change, const ParameterLayout& layout, const ModelShape& shape) {
  for (const ParameterTensor& tensor : layout.tensors) {
    if (!tensor.name.ends_with("query_key_value.bias")) continue;
    const torch::Tensor by_head = change.narrow(0, tensor.offset, tensor.size).view({shape.H, 3, shape.K});
    by_head.select(1, 1).narrow(1, shape.R, shape.K - shape.R).zero_();
  }
}

void check_training(const nlohmann::json& data, torch::Dtype dtype, const std::string& kind) {
  const TrainerSetup setup = read_setup(data);
  const ParameterLayout layout(setup.shape);
  const nlohmann::json &expected = data.at(kind), &tolerance = golden().at("tolerance").at(kind);
  const double output_tolerance = tolerance.at("output");
  ReferenceTrainer trainer(setup, dtype);
  const torch::Tensor initial = trainer.model().weights().clone();

  const Batch batch = setup.batches(setup.seeds[0].data, 0);
  const torch::Tensor tokens = torch::tensor(std::vector<std::int64_t>(batch.tokens.begin(), batch.tokens.end()));
  const torch::Tensor logits =
      trainer.model().forward(tokens.view({batch.rows, batch.columns}).narrow(1, 0, batch.columns - 1)).detach();
  const torch::Tensor known = torch::tensor(expected.at("logits").get<std::vector<double>>(), torch::kFloat64);
  CHECK((logits.reshape({-1}).to(torch::kFloat64) - known).abs().max().item<double>() <
        output_tolerance * known.abs().max().item<double>());

  const torch::Tensor gradient = trainer.gradient(trainer.loss(batch));
  check_tensors(gradient, layout, expected.at("gradients"), kind + " gradient", output_tolerance);
  const double norm = expected.at("gradient_norms").at(0);
  CHECK(gradient.norm().item<double>() == Approx(norm).epsilon(output_tolerance));

  for (const double loss : expected.at("losses").get<std::vector<double>>())
    CHECK(trainer.step().at(0) == Approx(loss).epsilon(output_tolerance));
  torch::Tensor change = trainer.model().weights() - initial;
  if (dtype == torch::kFloat32) leave_out_idle_key_biases(change, layout, setup.shape);
  check_tensors(change, layout, expected.at("changes"), kind + " change", tolerance.at("change"));
}

}  // namespace

TEST_CASE("training: the golden batches are those that the task gives", "[train][golden]") {
  for (const nlohmann::json& data : golden().at("cases")) {
    const TrainerSetup setup = read_setup(data);
    const Batch batch = setup.batches(golden().at("data_seed"), 0);
    CHECK(setup.shape.V == data.at("V"));
    std::vector<Token> tokens;
    std::vector<std::uint8_t> mask;
    for (const auto& row : data.at("tokens")) tokens.insert(tokens.end(), row.begin(), row.end());
    for (const auto& row : data.at("loss_mask")) mask.insert(mask.end(), row.begin(), row.end());
    CHECK(batch.tokens == tokens);
    CHECK(batch.loss_mask == mask);
  }
}

TEST_CASE("training: gradients and twenty updates are those of Hugging Face's GPT-NeoX and torch's AdamW",
          "[train][golden]") {
  REQUIRE(golden().at("cases").size() == 5);
  for (const nlohmann::json& data : golden().at("cases")) {
    INFO(data.at("config").at("task").dump() << " " << data.at("config").at("model").dump());
    check_training(data, torch::kFloat32, "fp32");
    check_training(data, torch::kFloat64, "fp64");
  }
}
