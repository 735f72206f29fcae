#pragma once
// What the views of one axis share: settings, random draws, null distributions.

#include <vector>

#include "seedscape/analysis/bootstrap.h"
#include "seedscape/analysis/dip.h"
#include "seedscape/base/rng.h"
#include "seedscape/config/config.h"

namespace seedscape {

struct AxisDraws {
  const AnalysisConfig& settings;
  std::size_t axis = 0;
  DipNulls& dip_nulls;
  std::vector<Resamples> resamples{};  // one per scale

  /// The draws of a scale for a purpose, the same for every view.
  Rng stream(Purpose purpose, std::size_t scale) const {
    return Rng(static_cast<std::uint64_t>(settings.seed), purpose, static_cast<std::uint32_t>(axis),
               static_cast<std::uint32_t>(scale));
  }
};

}  // namespace seedscape
