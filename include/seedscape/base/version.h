#pragma once
// The program's version, as every file that it writes names it.

namespace seedscape {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace seedscape
