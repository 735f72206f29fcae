#pragma once
// Who trains a sweep: how many workers, where, with how many seeds in lockstep.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "seedscape/store/plan_file.h"
#include "seedscape/sweep/plan.h"
#include "seedscape/train/trainer.h"

namespace seedscape {

/// Cores that this process may use: its affinity mask, cut by the cgroup's CPU quota; at least 1.
std::int64_t usable_cores();

/// The device of each worker: every GPU once, or the CPU `workers` times (0 = usable_cores()).
///
/// Requires: devices as train_devices gives them
/// Throws:   Error(usage) if workers are counted on GPUs
std::vector<std::string> worker_devices(const std::vector<std::string>& devices, std::int64_t workers);

/// The population of each cell: the one that is asked for, else the card's default for its shape with the fused
/// trainer, else 1.   card: the first GPU's
Population choose_population(std::optional<std::int64_t> asked, const std::optional<Card>& card);

/// What the fingerprint says of it: a number for all cells, or a list in the order of the plan.
nlohmann::json population_json(const Population& population, const Plan& plan);

/// Refuses a population that the devices or the plan's trainers cannot train: several seeds on the CPU, where they
/// would leave the caches, or with the reference trainer, which takes one.
///
/// Throws: Error(usage)
void check_population(std::int64_t population, const std::vector<std::string>& devices, const Plan& plan);

/// Refuses train.precision tf32 on the CPU, which has no such arithmetic.
///
/// Throws: Error(usage)
void check_precision(const std::vector<std::string>& devices, const Plan& plan);

}  // namespace seedscape
