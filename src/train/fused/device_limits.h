#pragma once
// What becomes of a GPU that gives out: its memory does not suffice, or it fails.

#include <c10/util/Exception.h>

#include "seedscape/base/error.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Says the bytes wanted, the card's, and how many seeds fit.
Error out_of_memory(const TrainerSetup& setup, const std::optional<Card>& card);
Error out_of_memory(const TrainerSetup& setup);

/// Throws: Error(resources) where work() runs out of a GPU's memory, or the GPU reports an error (after which nothing
///         else works on it in this process)
template <class Work>
decltype(auto) on_device(const TrainerSetup& setup, const Work& work) {
  try {
    return work();
  } catch (const c10::OutOfMemoryError&) {
    throw out_of_memory(setup);
  } catch (const c10::AcceleratorError& error) {
    throw Error(ErrorKind::resources, setup.device + " failed: " + error.what_without_backtrace());
  }
}

}  // namespace seedscape
