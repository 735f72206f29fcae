#pragma once
// Which arithmetic a fused trainer is made of.

#include "trainer.h"

namespace seedscape {

/// The number types of train.precision.
Precision precision_of(const std::string& name);

/// The engine for the setup's device, train.precision and kernels: on a GPU the CUDA library's graph and kernels, or
/// LibTorch's kernels one by one where the library is not there.
///
/// Throws: Error(resources) if there is no such device, or kernels are asked for that need the library
FusedTrainer::Engine make_engine(const TrainerSetup& setup);

/// Throws: as make_engine; Error(resources) if the device's memory does not suffice
std::unique_ptr<Trainer> make_fused_trainer(const TrainerSetup& setup);

/// See find_card.
std::optional<Card> find_gpu(const std::string& device);

}  // namespace seedscape
