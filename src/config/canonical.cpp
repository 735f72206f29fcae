#include "canonical.h"

#include "seedscape/base/number.h"

namespace seedscape {

std::string canonical(const nlohmann::json& value) {
  std::string text;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      text += (text.empty() ? "" : ",") + nlohmann::json(key).dump() + ":" + canonical(member);
    }
    return "{" + text + "}";
  }
  if (value.is_array()) {
    for (const nlohmann::json& item : value) text += (text.empty() ? "" : ",") + canonical(item);
    return "[" + text + "]";
  }
  return value.is_number_float() ? shortest(value.get<double>()) : value.dump();
}

}  // namespace seedscape
