#pragma once
// Aligned columns for a person.

#include <string>
#include <vector>

namespace seedscape {

/// Rows as lines, columns two spaces apart, the first column to the left and the others to the right; cells are made
/// printable.
///
/// Requires: all rows as long as the first
std::string text_table(std::vector<std::vector<std::string>> rows);

}  // namespace seedscape
