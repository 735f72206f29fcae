#pragma once
// SHA-256 for identities and digests, CRC-32 for lines of a log.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace seedscape {

/// SHA-256 (FIPS 180-4) as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// SHA-256 over the bytes of `values` in memory order (little endian).
std::string sha256_hex(std::span<const float> values);

/// CRC-32 as zlib computes it (IEEE 802.3, reflected, 0xEDB88320).
std::uint32_t crc32(std::string_view bytes);

}  // namespace seedscape
