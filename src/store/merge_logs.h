#pragma once
// Which of several records of one run counts.

#include <vector>

#include "run_log.h"
#include "seedscape/store/result_store.h"

namespace seedscape {

/// One record for each run id, or for each step of each, by the rule of load_records.
///
/// Requires: logs in lexical order of their files
/// Throws:   Error(different_bits)
LoadedRecords merge_logs(std::vector<RunLog> logs, LogKind kind = LogKind::runs);

}  // namespace seedscape
