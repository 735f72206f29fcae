#include "assets.h"

extern "C" {  // of assets.S
extern const char seedscape_vega_begin[], seedscape_vega_end[];
extern const char seedscape_page_script_begin[], seedscape_page_script_end[];
extern const char seedscape_page_style_begin[], seedscape_page_style_end[];
}

namespace seedscape::assets {

std::string_view vega() { return {seedscape_vega_begin, seedscape_vega_end}; }
std::string_view page_script() { return {seedscape_page_script_begin, seedscape_page_script_end}; }
std::string_view page_style() { return {seedscape_page_style_begin, seedscape_page_style_end}; }

}  // namespace seedscape::assets
