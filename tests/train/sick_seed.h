#pragma once
// A seed that is not a number beside seeds that are, for every trainer that takes several.

#include <cmath>

#include "support/torch_test.h"
#include "train/fused/trainer.h"

namespace seedscape {

/// Makes the second seed of `sick` not a number after some steps; the others keep the bits that they have in `well`.
///
/// Requires: two new trainers of one setup of three seeds
inline void check_that_a_sick_seed_harms_nobody(FusedTrainer& sick, FusedTrainer& well) {
  for (int step = 0; step < 5; ++step) {
    if (step == 2) {
      const torch::NoGradGuard no_grad;
      sick.all_weights()[1].fill_(NAN);
    }
    const std::vector<double> losses = sick.step(), expected = well.step();
    CHECK(std::isnan(losses[1]) == (step >= 2));
    CHECK(losses[0] == expected[0]);
    CHECK(losses[2] == expected[2]);
  }
  CHECK(sick.weights(0) == well.weights(0));
  CHECK(sick.weights(2) == well.weights(2));
}

}  // namespace seedscape
