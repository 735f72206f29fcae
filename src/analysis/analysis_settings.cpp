#include "analysis_settings.h"

namespace seedscape {

namespace {

Json formulas() {
  return {
      {"histogram",
       "bin i = [edge i, edge i+1), the last one closed; edges i/bins, or from min to max of an unbounded view"},
      {"mode", "centre of the fullest histogram bin, the lowest on a tie"},
      {"kde_mode",
       "argmax of the Gaussian kernel density, bandwidth = deviation (n-1) * n^(-1/5), 201 points from min to max"},
      {"half_sample_mode",
       "densest half of the sample, repeated until 3 or fewer are left (Bickel and Fruehwirth 2006)"},
      {"median", "quantile 1/2, linear between order statistics at index (n-1)/2"},
      {"mean", "sum / n; interval: percentiles of the means of bootstrap resamples of the seeds"},
      {"success", "count of score >= threshold, divided by n; interval: Wilson score"},
      {"mean_of_successes", "mean of the scores >= threshold; interval: bootstrap over those seeds only"},
      {"w2_to_largest",
       "sqrt(integral_0^1 (F^-1(u) - G^-1(u))^2 du), G at the largest scale; interval: both sides resampled"},
      {"grid",
       "shares of sum_ij (y_ij - m)^2, m = mean, a_i and b_j = means of one init seed and one data seed: init J sum_i "
       "(a_i - m)^2, data I sum_j (b_j - m)^2, interaction sum_ij (y_ij - a_i - b_j + m)^2; components: mean squares "
       "MS less MS_interaction, by J and I, not below 0; success: the same of [score >= threshold]"},
      {"improvement", "I = sign(argmax y - argmin y) (max y - min y), y = one seed's scores by ascending scale"},
      {"breakthroughness", "B = I / sqrt(median_i (y[i+1] - y[i])^2); I = 0: 0; null below 3 scales"},
      {"linearity", "L = I / sqrt(mean_i (y[i+1] - y[i])^2); I = 0: 0; null below 3 scales"},
      {"clipped_100", "min(max(x, 0), 100)"},
  };
}

}  // namespace

Json settings_json(const AnalysisConfig& settings) {
  return {{"bins", settings.bins},
          {"success_threshold", number(settings.success_threshold)},
          {"bootstrap",
           {{"resamples", settings.resamples},
            {"level", settings.level},
            {"method", "percentile"},
            {"seed", settings.seed}}},
          {"formulas", formulas()}};
}

}  // namespace seedscape
