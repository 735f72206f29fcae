#pragma once
// The ids of all runs of a cell.

#include <string>

#include "seedscape/config/cells.h"

namespace seedscape {

/// run_id for many seeds of one cell: what they have in common is made once.
class RunIds {
 public:
  explicit RunIds(const Cell& cell);
  std::string operator()(const SeedPair& seeds) const;

 private:
  std::string without_seeds_;  // of the canonical JSON, what comes after the seeds
};

}  // namespace seedscape
