#pragma once
// Text from anywhere inside a page.

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace seedscape {

/// `text` as the content of an element or a quoted attribute: & < > " ' as references, bytes that are no UTF-8 as
/// U+FFFD.
std::string html_text(std::string_view text);

/// JSON as the content of a script element: `<` as \u003c, so that no string in it ends the element.
std::string json_text(const nlohmann::ordered_json& json);

/// A data: address of `text`.
std::string data_address(std::string_view media_type, std::string_view text);

/// The source expression 'sha256-...' by which a content policy knows an inline script or style.
std::string policy_hash(std::string_view content);

}  // namespace seedscape
