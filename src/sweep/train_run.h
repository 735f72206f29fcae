#pragma once
// One run, from its first weights to its record.

#include <functional>

#include "seedscape/sweep/run_sweep.h"

namespace seedscape {

/// Leaves a run that was asked to stop, from wherever it is.
struct Interrupted {};

/// A record with nothing in it yet but whose it is.
SeedRecord new_record(const PendingRun& pending, const SweepOptions& options);

/// Trains a run, evaluates it, and keeps the curve and the weights that the config asks for. A finished training that
/// only lacks test lengths is evaluated from its stored weights, if they are there and are those of its record.
///
/// Throws: Interrupted as soon as `stopped` says so
SeedRecord train_run(const PendingRun& pending, const SweepConfig& config, const SweepOptions& options,
                     ResultWriter& writer, const std::function<bool()>& stopped, Progress& progress);

}  // namespace seedscape
