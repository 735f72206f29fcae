#include <algorithm>
#include <cmath>
#include <fstream>
#include <sched.h>
#include <string>

#include "seedscape/sweep/run_sweep.h"

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

}  // namespace seedscape
