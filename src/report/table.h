#pragma once
// Rows of a figure as a table of a page and as CSV.

#include <string>

#include "view.h"

namespace seedscape {

/// At most this many rows stand in the page; the CSV has all.
inline constexpr std::size_t kMostTableRows = 200;

/// Requires: `rows` is a list of flat objects, all with the keys of the first
std::string html_table(const Json& rows, const std::string& css_class = "");

/// RFC 4180 with a header line and LF. A text that starts with = + - @ is quoted.
std::string csv_text(const Json& rows);

}  // namespace seedscape
