#include "seedscape/model/shape.h"

#include "seedscape/base/error.h"
#include "support/test.h"

using namespace seedscape;

namespace {
ModelShape shape(std::int64_t D, std::int64_t L, std::int64_t V = 154) {
  ModelConfig model;
  model.width = D;
  model.depth = L;
  model.head_width = 64;
  return model_shape(model, V);
}
}  // namespace

TEST_CASE("shape: heads, MLP width and rotary dims follow from the config", "[model]") {
  const ModelShape paper = shape(512, 4);
  CHECK(paper.H == 8);
  CHECK(paper.K == 64);
  CHECK(paper.F == 2048);
  CHECK(paper.R == 16);
}

TEST_CASE("shape: parameter counts are those of the paper's count sweep", "[model]") {
  const std::vector<std::pair<ModelShape, std::int64_t>> known{
      {shape(64, 4), 219776},    {shape(128, 4), 832768},   {shape(256, 4), 3238400},  {shape(384, 4), 7216896},
      {shape(512, 4), 12768256}, {shape(640, 4), 19892480}, {shape(768, 4), 28589568}, {shape(1024, 4), 50702336},
      {shape(512, 1), 3311104},  {shape(512, 2), 6463488},  {shape(512, 6), 19073024}, {shape(512, 8), 25377792}};
  for (const auto& [model, parameters] : known) {
    CHECK(parameter_count(model) == parameters);
    CHECK(ParameterLayout(model).size == parameters);
  }
}

TEST_CASE("shape: tensors carry Hugging Face's names and shapes, back to back", "[model]") {
  const ParameterLayout layout(shape(128, 2, 44));
  CHECK(layout.tensors.size() == 1 + 2 * 12 + 2 + 1);
  CHECK(layout.tensors.front().name == "gpt_neox.embed_in.weight");
  CHECK(layout.tensors.back().name == "embed_out.weight");
  CHECK(layout["gpt_neox.layers.1.attention.query_key_value.weight"].shape == std::vector<std::int64_t>{384, 128});
  CHECK(layout["gpt_neox.layers.0.mlp.dense_4h_to_h.weight"].shape == std::vector<std::int64_t>{128, 512});
  CHECK(layout["gpt_neox.layers.0.mlp.dense_h_to_4h.bias"].shape == std::vector<std::int64_t>{512});
  std::int64_t end = 0;
  for (const ParameterTensor& tensor : layout.tensors) {
    CHECK(tensor.offset == end);
    end += tensor.size;
  }
  CHECK(end == layout.size);
  CHECK_THROWS_AS(layout["embed.weight"], Error);
}

TEST_CASE("shape: the cost of a step is that of the bench shape small", "[model]") {
  CHECK(step_flops(shape(64, 4), 128, 256) == Approx(53.477e9).epsilon(1e-4));
}
