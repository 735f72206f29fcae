#include "seedscape/sweep/shard.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "seedscape/base/error.h"
#include "seedscape/base/number.h"
#include "seedscape/base/printable.h"
#include "seedscape/sweep/cost.h"

namespace seedscape {

namespace {

constexpr std::int64_t kMostShards = 1 << 20;

std::int64_t array_number(const char* name) {
  const char* const text = std::getenv(name);
  const auto number = text == nullptr ? std::nullopt : parse_integer(text);
  if (!number) throw Error(ErrorKind::usage, std::string("--shard auto: ") + name + " is not set to a number");
  return *number;
}

Shard shard_of_array() {
  const std::int64_t first = array_number("SLURM_ARRAY_TASK_MIN"), last = array_number("SLURM_ARRAY_TASK_MAX");
  const Shard shard{array_number("SLURM_ARRAY_TASK_ID") - first, array_number("SLURM_ARRAY_TASK_COUNT")};
  if (last - first + 1 != shard.count) {
    throw Error(ErrorKind::usage, "--shard auto: the job array has gaps; number its tasks 0 to N - 1");
  }
  return shard;
}

std::optional<Shard> shard_from(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto index = parse_integer(text.substr(0, slash)), count = parse_integer(text.substr(slash + 1));
  if (!index || !count) return std::nullopt;
  return Shard{*index, *count};
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const std::optional<Shard> shard = text == "auto" ? shard_of_array() : shard_from(text);
  if (!shard || shard->count < 1 || shard->count > kMostShards || shard->index < 0 || shard->index >= shard->count) {
    throw Error(ErrorKind::usage,
                "--shard " + printable(text) + ": expected I/N with 0 <= I < N, or auto in a Slurm job array");
  }
  return *shard;
}

Plan shard_of(const Plan& plan, const Shard& shard) {
  std::vector<std::size_t> order(plan.cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> cost;
  for (const PlannedCell& cell : plan.cells) cost.push_back(estimated_seconds(cell));
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t cell) { return cost[cell]; });

  Plan part{.config = plan.config, .cells = plan.cells};
  for (PlannedCell& cell : part.cells) cell.runs.clear();
  using Load = std::pair<double, std::int64_t>;  // seconds, shard
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  for (std::int64_t index = 0; index < shard.count; ++index) loads.emplace(0, index);
  for (const std::size_t cell : order) {
    for (const PlannedRun& run : plan.cells[cell].runs) {
      const auto [least, index] = loads.top();
      loads.pop();
      loads.emplace(least + cost[cell], index);
      if (index == shard.index) part.cells[cell].runs.push_back(run);
    }
  }
  std::erase_if(part.cells, [](const PlannedCell& cell) { return cell.runs.empty(); });
  return part;
}

}  // namespace seedscape
