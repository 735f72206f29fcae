#include "plain_arrays.h"

namespace seedscape {

torch::Tensor token_tensor(const std::vector<Token>& tokens, std::int64_t rows, std::int64_t columns) {
  return torch::from_blob(const_cast<Token*>(tokens.data()), {rows, columns}, torch::kInt32).clone();
}

std::vector<float> floats_of(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.to(torch::kCPU, torch::kFloat32).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

void put_floats(const std::vector<float>& numbers, torch::Tensor tensor) {
  TORCH_CHECK(static_cast<std::int64_t>(numbers.size()) == tensor.numel(), "[train] the model has ", tensor.numel(),
              " weights, got ", numbers.size());
  tensor.copy_(torch::tensor(torch::ArrayRef<float>(numbers)).view_as(tensor));
}

Predictions predictions_of(const torch::Tensor& logits, const EvalBatch& batch) {
  const torch::NoGradGuard no_grad;
  const std::int64_t T = batch.columns - 1;
  const torch::Tensor tokens = token_tensor(batch.tokens, batch.rows, batch.columns).to(logits.device(), torch::kInt64);
  const torch::Tensor log_probabilities = logits.to(torch::kFloat32).log_softmax(-1);
  const torch::Tensor own = log_probabilities.gather(2, tokens.narrow(1, 1, T).unsqueeze(2)).squeeze(2);  // [B, T]
  // Column t of the result speaks of token t, which the model predicts at position t - 1.
  const auto shifted = [&](const torch::Tensor& values) {
    return torch::constant_pad_nd(values, {1, 0}).to(torch::kCPU).contiguous();  // [B, T + 1]
  };
  const torch::Tensor best = shifted(log_probabilities.argmax(-1).to(torch::kInt32)), chance = shifted(own);
  Predictions predictions{{best.data_ptr<Token>(), best.data_ptr<Token>() + best.numel()},
                          {chance.data_ptr<float>(), chance.data_ptr<float>() + chance.numel()},
                          {}};
  if (!batch.choices.empty()) {
    const torch::Tensor choices =
        torch::tensor(torch::ArrayRef<Token>(batch.choices), torch::kInt32).to(logits.device());
    const torch::Tensor best_of_them = log_probabilities.index_select(2, choices).argmax(-1);  // [B, T], into choices
    const torch::Tensor chosen = shifted(choices.index({best_of_them}));
    predictions.choice.assign(chosen.data_ptr<Token>(), chosen.data_ptr<Token>() + chosen.numel());
  }
  return predictions;
}

}  // namespace seedscape
