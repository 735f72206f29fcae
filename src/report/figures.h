#pragma once
// The figures of one view, by what they are about. A function whose data are not there adds nothing.

#include <vector>

#include "view.h"

namespace seedscape {

struct Figure;
using Figures = std::vector<Figure>;

void add_scale_table(const View& view, Figures& figures);
void add_seed_curves(const View& view, Figures& figures);
void add_histograms(const View& view, Figures& figures);
void add_summary(const View& view, Figures& figures);
void add_distance(const View& view, Figures& figures);
void add_lengths(const View& view, const Json& axis, Figures& figures);
/// `trained_length`: the longest test length that training covers; `one_layer`: for each scale, whether it is one.
void add_one_layer(const View& view, const Json& axis, std::int64_t trained_length, const std::vector<bool>& one_layer,
                   Figures& figures);
void add_other_metric(const View& view, const View& other, Figures& figures);

void add_modality(const View& view, Figures& figures);
void add_thresholds(const View& view, Figures& figures);
void add_chance(const View& view, Figures& figures);
void add_seeds_needed(const View& view, Figures& figures);
void add_forecast(const View& view, Figures& figures);
void add_learnt(const View& view, Figures& figures);

/// `axis`: of trajectories().
void add_trajectories(const View& view, const Json& axis, Figures& figures);

}  // namespace seedscape
