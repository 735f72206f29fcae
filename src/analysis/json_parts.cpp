#include "json_parts.h"

#include "seedscape/base/number.h"

namespace seedscape {

Json number(double value) { return json_number(value); }

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

Json estimate(double value, const Interval& interval) {
  return {{"value", number(value)}, {"low", number(interval.low)}, {"high", number(interval.high)}};
}

Json no_estimate() { return {{"value", nullptr}, {"low", nullptr}, {"high", nullptr}}; }

}  // namespace seedscape
