#pragma once
// One view of analysis.json (a metric at a length along an axis), as figures read it.

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace seedscape {

using Json = nlohmann::ordered_json;

struct View {
  const Json& json;                 // of axes[].views[]
  std::string id;                   // of its axis: "axis1"
  std::string axis_title;           // "model.depth"
  std::string score_title;          // "exact_match at length 24"
  double threshold = 0;             // of success
  bool bounded = true;              // scores lie in [0, 1] and can be successes
  std::vector<std::string> labels;  // of the scales, ascending

  const Json& scale(std::size_t s) const { return json["scales"][s]; }
};

/// View number `v` of axis number `a`.
View view_of(const Json& analysis, std::size_t a, std::size_t v);

/// The member, or null where the object has none or is none itself.
const Json& member_or_null(const Json& object, const char* name);
const Json& at_path(const Json& object, std::initializer_list<const char*> names);

/// A finite number, or nothing: null, "Infinity" and the like cannot be drawn.
std::optional<double> finite(const Json& value);
Json finite_or_null(const Json& value);

/// The text of an axis value, as `run` prints it but without escapes: pages and JSON have their own.
std::string value_text(const Json& value);

/// For sentences: two decimals (".25" as "0.25"), or what is needed to tell a small number from 0.
std::string number_text(double value);
std::string number_text(const Json& value);

/// "25 %".
std::string percent_text(double share);

/// "1 seed", "3 seeds".
std::string count_text(std::int64_t count, const std::string& noun);

/// Some scales of a view in words: "1, 2 and 4", or "every scale".
std::string scales_text(const View& view, const std::vector<std::string>& labels);

/// "1, 2 and 4".
std::string list_text(const std::vector<std::string>& words);

}  // namespace seedscape
