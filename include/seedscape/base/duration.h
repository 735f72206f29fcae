#pragma once
// Lengths of time as people write them.

#include <optional>
#include <string>
#include <string_view>

namespace seedscape {

/// "3m12s", "2h05m", "4d03h"; "?" if it is not known.
std::string duration_text(double seconds);

/// Seconds in "90", "45s", "10m", "1.5h", "2d" or several of these, the larger units first ("1h30m"); nothing for any
/// other text. A number alone is seconds.
std::optional<double> parse_duration(std::string_view text);

}  // namespace seedscape
