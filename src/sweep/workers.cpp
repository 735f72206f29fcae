#include "seedscape/sweep/workers.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <sched.h>

#include "seedscape/base/error.h"
#include "seedscape/sweep/cost.h"
#include "seedscape/train/memory.h"

namespace seedscape {

namespace {

/// Cores' worth of CPU time that cgroup v2 (or v1) grants; infinity without a quota.
double cgroup_quota() {
  std::string quota, period;
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); !(v2 >> quota >> period)) {
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> quota;
    std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
  }
  const double granted = std::atof(quota.c_str()), of = std::atof(period.c_str());
  return granted > 0 && of > 0 ? granted / of : INFINITY;
}

}  // namespace

std::int64_t usable_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const bool known = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
  const double cores = std::min(static_cast<double>(known ? CPU_COUNT(&allowed) : 1), std::ceil(cgroup_quota()));
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(cores));
}

std::vector<std::string> worker_devices(const std::vector<std::string>& devices, std::int64_t workers) {
  if (devices.at(0) == "cpu") return {static_cast<std::size_t>(workers > 0 ? workers : usable_cores()), "cpu"};
  if (workers > 0) {
    throw Error(ErrorKind::usage,
                "--workers counts trainers on the CPU, and a GPU has one; choose GPUs by --device, or --device cpu");
  }
  return devices;
}

Population choose_population(std::optional<std::int64_t> asked, const std::optional<Card>& card) {
  return [=](const PlannedCell& planned) -> std::int64_t {
    if (asked) return *asked;
    const Cell& cell = planned.cell;
    if (!card || cell.train.trainer != "fused") return 1;
    return default_population(model_shape(cell), cell.model, cell.train, *card);
  };
}

nlohmann::json population_json(const Population& population, const Plan& plan) {
  std::vector<std::int64_t> sizes;
  for (const PlannedCell& cell : plan.cells) sizes.push_back(population(cell));
  if (std::ranges::adjacent_find(sizes, std::not_equal_to()) == sizes.end()) return sizes.at(0);
  return sizes;
}

void check_population(std::int64_t population, const std::vector<std::string>& devices, const Plan& plan) {
  if (population == 1) return;
  const std::string asked = "--population " + std::to_string(population) + ": ";
  if (devices.at(0) == "cpu") {
    throw Error(ErrorKind::usage, asked + "on the CPU each worker trains one seed at a time; expected 1, or a GPU");
  }
  for (const PlannedCell& cell : plan.cells) {
    if (cell.cell.train.trainer == "reference") {
      throw Error(ErrorKind::usage, asked + "the reference trainer takes one seed at a time (train.trainer)");
    }
  }
}

void check_precision(const std::vector<std::string>& devices, const Plan& plan) {
  for (const PlannedCell& cell : plan.cells) {
    if (devices.at(0) == "cpu" && cell.cell.train.precision == "tf32")
      throw Error(ErrorKind::usage, "train.precision tf32 needs a GPU; expected fp32 or bf16 on the CPU");
  }
}

}  // namespace seedscape
