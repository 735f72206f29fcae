#include "seedscape/base/duration.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "seedscape/base/number.h"

namespace seedscape {

namespace {
constexpr std::array<std::pair<char, double>, 4> kUnits{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "?";
  const auto s = static_cast<long long>(std::ceil(seconds));
  std::array<char, 32> text{};
  if (s < 60) {
    std::snprintf(text.data(), text.size(), "%llds", s);
  } else if (s < 3600) {
    std::snprintf(text.data(), text.size(), "%lldm%02llds", s / 60, s % 60);
  } else if (s < 86400) {
    std::snprintf(text.data(), text.size(), "%lldh%02lldm", s / 3600, s / 60 % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lldd%02lldh", s / 86400, s / 3600 % 24);
  }
  return text.data();
}

std::optional<double> parse_duration(std::string_view text) {
  const auto positive = [](std::string_view number) {
    const auto value = parse_real(number);
    return value && *value >= 0 ? value : std::nullopt;
  };
  if (const auto seconds = positive(text)) return seconds;
  if (text.empty()) return std::nullopt;
  double total = 0;
  for (const auto& [unit, seconds] : kUnits) {
    const std::size_t end = text.find(unit);
    if (end == std::string_view::npos) continue;
    const auto value = positive(text.substr(0, end));
    if (!value) return std::nullopt;
    total += *value * seconds;
    text.remove_prefix(end + 1);
  }
  if (!text.empty()) return std::nullopt;
  return total;
}

}  // namespace seedscape
