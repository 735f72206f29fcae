// The time that the statistics of a large sweep take: scripts/test --slow -R "less than 30 s".

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "seedscape/analysis/analyze.h"
#include "seedscape/base/rng.h"
#include "support/test.h"

using namespace seedscape;

namespace {

/// Seeds fail or succeed, and more of them succeed at each scale; scores are shares of `problems`, or any number.
ViewScores view_of(const std::string& metric, std::int64_t length, std::optional<std::int64_t> problems) {
  ViewScores view{.metric = metric, .length = length, .bounded = !metric.ends_with("nll"), .scales = {}};
  Rng rng(1, Purpose::seeds_needed, 60, static_cast<std::uint32_t>(length));
  for (int s = 0; s < 12; ++s) {
    ScaleScores scale{.value = 1 << s, .parameters = 1000 << s, .seeds = {}, .scores = {}};
    scale.test_problems = problems;
    scale.unlearnt = std::vector<std::int64_t>{3, 77};
    for (int k = 0; k < 250; ++k) {
      const double centre = rng.uniform() < 0.05 + 0.07 * s ? 0.7 : 0.02;
      double score = std::clamp(centre + 0.1 * rng.normal(), 0.0, 1.0);
      if (problems) score = std::round(score * static_cast<double>(*problems)) / static_cast<double>(*problems);
      scale.seeds.push_back(k);
      scale.scores.push_back(view.bounded ? score : 4 - 3 * score);
    }
    view.scales.push_back(std::move(scale));
  }
  return view;
}

}  // namespace

TEST_CASE("analyze: 12 scales of 250 seeds at 7 lengths with 5 metrics take less than 30 s", "[slow][speed]") {
  ScoreTable table;
  table.settings.success_threshold = 0.5;
  table.axes = {{.key = "model.width", .with = {}, .views = {}}};
  for (const std::string metric : {"exact_match", "exact_match_eos", "token_accuracy", "nll", "min_prob"}) {
    for (std::int64_t length = 30; length <= 90; length += 10) {
      const std::int64_t problems = 151 - length;
      table.axes[0].views.push_back(view_of(metric, length,
                                            metric.starts_with("exact")  ? std::optional(problems)
                                            : metric == "token_accuracy" ? std::optional(problems * length)
                                                                         : std::nullopt));
    }
  }
  const std::clock_t start = std::clock();  // of this process: other work on the machine does not count
  CHECK(analyze(table)["axes"][0]["views"].size() == 35);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("35 views of 12 scales with 250 seeds: %.1f s\n", seconds);
  CHECK(seconds < 30);
}
