#pragma once
// What two sweeps are compared by.

#include <map>
#include <string>

#include "seedscape/store/result_store.h"

namespace seedscape {

/// The records of a folder by run and step, without the times that no two processes share.
inline std::map<std::string, SeedRecord> results_of(const std::filesystem::path& dir, LogKind kind = LogKind::runs) {
  std::map<std::string, SeedRecord> results;
  for (SeedRecord record : load_records(dir, kind).records) {
    record.wall_s = 0;
    results[record.run_id + "@" + std::to_string(record.step)] = record;
  }
  return results;
}

}  // namespace seedscape
