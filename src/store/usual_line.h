#pragma once
// The line of a record as it nearly always looks, read without the detour of a JSON tree, which takes five times as
// long.

#include <cstdint>
#include <optional>
#include <string_view>

#include "seedscape/store/record.h"

namespace seedscape {

struct UsualLine {
  std::uint64_t seq = 0;
  std::string_view prev;  // in the line
  SeedRecord record;
};

/// A line of a log, without its newline, that has the members of a record in the order in which they are written, plain
/// ASCII texts and finite numbers. What it gives is what record_from_json gives.
///
/// Edge: any other line gives nothing, be it damaged or only unusual: the general reader knows
std::optional<UsualLine> read_usual_line(std::string_view line);

}  // namespace seedscape
