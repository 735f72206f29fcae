#include "modality_statistics.h"

#include <algorithm>

#include "seedscape/analysis/mixture.h"
#include "seedscape/analysis/modes.h"
#include "seedscape/analysis/multiple_tests.h"
#include "seedscape/analysis/silverman.h"

namespace seedscape {

namespace {

Json optional_number(const std::optional<double>& value) { return value ? number(*value) : Json(); }

Json dip_json(const DipTest& test, std::optional<std::int64_t> steps, std::int64_t resamples) {
  return {{"value", test.dip}, {"tested", test.tested}, {"lattice", steps ? Json(*steps) : Json()},
          {"p", test.p},       {"p_adjusted", nullptr}, {"resamples", resamples}};
}

Json mixture_json(const Mixture& mixture) {
  Json bic = Json::array(), parts = Json::array();
  for (const auto& value : mixture.bic) bic.push_back(optional_number(value));
  for (const NormalPart& part : mixture.parts)
    parts.push_back({{"weight", part.weight}, {"mean", number(part.mean)}, {"deviation", number(part.deviation)}});
  return {{"components", mixture.parts.size()},
          {"bic", bic},
          {"at_zero", mixture.at_zero},
          {"at_one", mixture.at_one},
          {"parts", parts}};
}

/// A part of a mixture covers at least a cell of the lattice, or a thousandth of what the scores span.
double least_deviation(std::span<const double> sorted, std::optional<std::int64_t> steps) {
  return steps ? 0.5 / static_cast<double>(*steps) : std::max(1e-3 * (sorted.back() - sorted.front()), 1e-9);
}

}  // namespace

Json modality_json(std::span<const double> sorted, bool bounded, std::optional<std::int64_t> steps, std::size_t s,
                   bool with_silverman, AxisDraws& draws) {
  if (sorted.empty()) return nullptr;
  const std::int64_t count = draws.settings.resamples;
  Json silverman = nullptr;
  if (with_silverman) {
    const SilvermanTest test = silverman_test(sorted, steps, draws.stream(Purpose::smoothed_resampling, s), count);
    silverman = {{"bandwidth", number(test.bandwidth)}, {"p", test.p}, {"p_adjusted", nullptr}, {"resamples", count}};
  }
  const Modes modes = find_modes(sorted);
  Json peaks = Json::array();
  for (const Mode& mode : modes.peaks)
    peaks.push_back({{"at", number(mode.at)}, {"height", number(mode.height)}, {"share", mode.share}});
  return {{"dip", dip_json(dip_test(sorted, steps, draws.dip_nulls), steps, count)},
          {"silverman", std::move(silverman)},
          {"mixture", mixture_json(fit_mixture(sorted, bounded, least_deviation(sorted, steps)))},
          {"modes", std::move(peaks)},
          {"antimode", optional_number(modes.antimode)},
          {"bimodality_coefficient", optional_number(bimodality_coefficient(sorted))}};
}

void adjust_modality(Json& scales) {
  for (const char* name : {"dip", "silverman"}) {
    std::vector<double> p;
    std::vector<Json*> tests;
    for (Json& scale : scales) {
      if (scale["modality"].is_null() || scale["modality"][name].is_null()) continue;
      tests.push_back(&scale["modality"][name]);
      p.push_back(tests.back()->at("p"));
    }
    const std::vector<double> adjusted = benjamini_hochberg(p);
    for (std::size_t i = 0; i < tests.size(); ++i) (*tests[i])["p_adjusted"] = adjusted[i];
  }
}

}  // namespace seedscape
