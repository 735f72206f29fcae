#include "escape.h"

#include <cstdint>

#include "seedscape/base/hash.h"

namespace seedscape {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kHex = "0123456789ABCDEF";

/// Well-formed UTF-8: what is none becomes U+FFFD.
std::string repaired(std::string_view text) {
  const std::string quoted = Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(quoted).get<std::string>();
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::uint32_t hex_value(char digit) {
  return static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/// Base64 of the 32 bytes that 64 lower-case hex digits mean.
std::string base64_of_hex(std::string_view hex) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char digit : hex) {  // four bits come in, six go out
    bits = bits << 4 | hex_value(digit);
    count += 4;
    if (count < 6) continue;
    count -= 6;
    text += digits[bits >> count & 63];
  }
  if (count > 0) text += digits[bits << (6 - count) & 63];
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : repaired(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string json_text(const nlohmann::ordered_json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string data_address(std::string_view media_type, std::string_view text) {
  std::string address = "data:" + std::string(media_type) + ";charset=utf-8,";
  for (const char c : text) {
    if (is_unreserved(c)) {
      address += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    address += '%';
    address += kHex[byte >> 4];
    address += kHex[byte & 15];
  }
  return address;
}

std::string policy_hash(std::string_view content) { return "'sha256-" + base64_of_hex(sha256_hex(content)) + "'"; }

}  // namespace seedscape
