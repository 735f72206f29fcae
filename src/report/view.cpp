#include "view.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "seedscape/base/number.h"

namespace seedscape {

View view_of(const Json& analysis, std::size_t a, std::size_t v) {
  const Json &axis = analysis["axes"][a], &json = axis["views"][v];
  View view{.json = json,
            .id = "axis" + std::to_string(a + 1),
            .axis_title = axis["key"].get<std::string>(),
            .score_title = json["metric"].get<std::string>(),
            .threshold = analysis["settings"]["success_threshold"].get<double>(),
            .bounded = false,
            .labels = {}};
  if (!json["length"].is_null()) view.score_title += " at length " + json["length"].dump();
  for (const Json& scale : json["scales"]) {
    view.labels.push_back(value_text(scale["value"]));
    view.bounded = view.bounded || !scale["success"].is_null();
  }
  return view;
}

const Json& member_or_null(const Json& object, const char* name) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

const Json& at_path(const Json& object, std::initializer_list<const char*> names) {
  const Json* at = &object;
  for (const char* const name : names) at = &member_or_null(*at, name);
  return *at;
}

std::optional<double> finite(const Json& value) {
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

Json finite_or_null(const Json& value) { return value.is_number() ? value : Json(); }

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? shortest(value.get<double>()) : value.dump();
}

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const double size = std::abs(value);
  const char* const format = size >= 1000 || (size > 0 && size < 0.005) ? "%.2g" : size >= 10 ? "%.1f" : "%.2f";
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

std::string number_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>() == "Infinity" ? "infinite" : value.get<std::string>();
  return value.is_number() ? number_text(value.get<double>()) : "none";
}

std::string percent_text(double share) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.0f %%", 100 * share);
  return buffer.data();
}

std::string count_text(std::int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string scales_text(const View& view, const std::vector<std::string>& labels) {
  return labels.size() > 1 && labels.size() == view.labels.size() ? "every scale" : list_text(labels);
}

std::string list_text(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace seedscape
