#pragma once
// Catch2, whichever of its two generations is installed.

#include <string>

#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
#endif

/// Matches a text with `part` in it.
inline auto contains(const std::string& part) {
#if __has_include(<catch2/catch.hpp>)
  return Catch::Matchers::Contains(part);
#else
  return Catch::Matchers::ContainsSubstring(part);
#endif
}
