#pragma once
// The numbers of Philox4x32-10 (Salmon et al. 2011), for one block at a time and for several.

#include <cstdint>

namespace seedscape {

inline constexpr int kPhiloxRounds = 10;
inline constexpr std::uint32_t kPhiloxFactor0 = 0xD2511F53u, kPhiloxFactor1 = 0xCD9E8D57u;
inline constexpr std::uint32_t kPhiloxKeyStep0 = 0x9E3779B9u, kPhiloxKeyStep1 = 0xBB67AE85u;

}  // namespace seedscape
