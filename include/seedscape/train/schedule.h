#pragma once
// The learning rate as a pure function of the step.

#include <cstdint>

namespace seedscape {

/// Share of the peak rate at update t (from 0): t / max(1, warmup) during warmup, then half a cosine down to 0 at
/// `steps`. The first update has rate 0 when there is a warmup.
///
///   t < w:  t / max(1, w);   else  max(0, (1 + cos(pi (t - w) / max(1, N - w))) / 2)
///
/// Source: Hugging Face transformers, get_cosine_schedule_with_warmup
double rate_factor(std::int64_t t, std::int64_t warmup_steps, std::int64_t steps);

}  // namespace seedscape
