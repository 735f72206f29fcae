#pragma once
// Files that are part of the program: what a page needs to show itself.

#include <string_view>

namespace seedscape::assets {

/// Vega, Vega-Lite and Vega-Embed in one script, which defines window.vegaEmbed.
std::string_view vega();

std::string_view page_script();
std::string_view page_style();

}  // namespace seedscape::assets
