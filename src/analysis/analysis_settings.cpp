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
      {"mean",
       "sum / n; interval: percentiles of the means of bootstrap resamples of the seeds; bca: the same corrected for "
       "bias and skewness (Efron 1987)"},
      {"success", "count of score >= threshold, divided by n; interval: Wilson score"},
      {"mean_of_successes", "mean of the scores >= threshold; interval: bootstrap over those seeds only"},
      {"w2_to_largest",
       "sqrt(integral_0^1 (F^-1(u) - G^-1(u))^2 du), G at the largest scale; interval: both sides resampled; "
       "noise_floor: mean and percentiles of the distance between random halves of the scale's own seeds, as many as "
       "there are resamples; normalised: divided by the deviation (n-1) of the largest scale"},
      {"thresholds", "success and mean_of_successes for every threshold"},
      {"modality",
       "dip: value = Hartigan's dip of the scores; tested = the same with each score spread over its cell of the "
       "lattice "
       "1/lattice; p = (1 + samples with such a dip) / (1 + resamples), samples uniform on as many lattice points as "
       "the "
       "scores span, or on an interval; p_adjusted: Benjamini-Hochberg over the scales of the view; silverman: p of "
       "the "
       "critical bandwidth for one mode by smoothed resamples, only in views of the main length; mixture: masses at 0 "
       "and 1 and 1 to 3 normal parts, their number with the least BIC = -2 log L + parameters log n; modes: peaks of "
       "the density of kde_mode with at least 0.05 of the seeds; antimode: its lowest point between the two largest"},
      {"examined",
       "modality, learnt, chance, noise_floor, seeds_needed and forecast are null in views of more than 20000 scores"},
      {"modality_onset", "value of the first scale whose adjusted dip p is below 0.05"},
      {"mode_jump", "value of the scale whose mode lies furthest above that of the scale before"},
      {"learnt",
       "the statistics without the seeds in flagged: diverged, or exact match below 0.9 at the longest test length "
       "that "
       "was trained; where none was, training loss with log loss > Q3 + 3 (Q3 - Q1) over the seeds of the scale"},
      {"grid",
       "shares of sum_ij (y_ij - m)^2, m = mean, a_i and b_j = means of one init seed and one data seed: init J sum_i "
       "(a_i - m)^2, data I sum_j (b_j - m)^2, interaction sum_ij (y_ij - a_i - b_j + m)^2; components: mean squares "
       "MS less MS_interaction, by J and I, not below 0; success: the same of [score >= threshold]"},
      {"improvement", "I = sign(argmax y - argmin y) (max y - min y), y = one seed's scores by ascending scale"},
      {"breakthroughness", "B = I / sqrt(median_i (y[i+1] - y[i])^2); I = 0: 0; null below 3 scales"},
      {"linearity", "L = I / sqrt(mean_i (y[i+1] - y[i])^2); I = 0: 0; null below 3 scales"},
      {"clipped_100", "min(max(x, 0), 100)"},
      {"chance",
       "seeds shuffled within each scale, as often as permutations says; observed, null: curves in each bin of "
       "clipped_100 "
       "and their mean number when shuffled; curves rank by (value, I, largest rise, lower seed); p = (1 + "
       "permutations "
       "whose curve of the same rank goes at least as far) / (1 + permutations); p_max, p_min: of the outermost"},
      {"seeds_needed",
       "two_modes: share of samples drawn from the scale in which the dip test has p < 0.05, needed for 0.8; "
       "success_within: least n with which Wilson's interval reaches half_width to each side; rank_two: least n from "
       "which on means of n drawn seeds have the samples' order in 0.9 of the draws; null above 512"},
      {"forecast",
       "the last scale from those before it: success_fit: logistic curve of P(success) in log parameters by binomial "
       "likelihood; mean_extrapolation: line through the means; single_seed: line through one seed's scores, median "
       "and "
       "middle part over the seeds; score: absolute error against truth"},
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
