#pragma once
// What becomes of a GPU's memory that does not suffice.

#include <c10/util/Exception.h>

#include "seedscape/base/error.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Says the bytes wanted, the card's, and how many seeds fit.
Error out_of_memory(const TrainerSetup& setup, const std::optional<Card>& card);
Error out_of_memory(const TrainerSetup& setup);

/// Throws: Error(resources) where work() runs out of a GPU's memory
template <class Work>
decltype(auto) within_memory(const TrainerSetup& setup, const Work& work) {
  try {
    return work();
  } catch (const c10::OutOfMemoryError&) {
    throw out_of_memory(setup);
  }
}

}  // namespace seedscape
