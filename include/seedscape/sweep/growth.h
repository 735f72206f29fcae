#pragma once
// Whether a plan may go on in a folder that holds runs already.

#include <vector>

#include "seedscape/store/plan_file.h"
#include "seedscape/store/record.h"

namespace seedscape {

/// Refuses a plan that would mix experiments in one folder: a stored run and a planned one share an axis value and a
/// seed but not the id, or tests would differ (any eval.* key but eval.lengths and eval.every). Further scales, axes,
/// seeds and lengths are growth.
///
/// Throws: Error(usage) with each differing key, its stored and its planned value
void check_growth(const Plan& planned, const Plan& stored, const std::vector<SeedRecord>& records);

}  // namespace seedscape
