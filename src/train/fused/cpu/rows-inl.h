// Operations on rows: layer norm, GELU, cross entropy. Compiled once for each instruction set (see operations.cpp).

#if defined(SEEDSCAPE_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SEEDSCAPE_ROWS_INL_H_
#undef SEEDSCAPE_ROWS_INL_H_
#else
#define SEEDSCAPE_ROWS_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <limits>

#include "lanes-inl.h"
#include "operations.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

HWY_NOINLINE void normalize(ConstRows x, Rows normal, float* inverse_deviation, double epsilon) {
  const auto size = static_cast<float>(x.columns);
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const float* const in = x.data + row * x.stride;
    float* const out = normal.data + row * normal.stride;
    Vector sum = all(0);
    for_vectors(x.columns, [&](auto access, std::int64_t i) HWY_ATTR { sum = hn::Add(sum, access.load(in + i)); });
    const Vector mean = all(sum_of(sum) / size);
    Vector squares = all(0);
    for_vectors(x.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector centred = hn::Sub(access.load(in + i), mean);
      access.store(centred, out + i);
      const Vector kept = access.load(out + i);  // 0 beyond the row, where `centred` is not
      squares = hn::MulAdd(kept, kept, squares);
    });
    const float factor = 1 / std::sqrt(sum_of(squares) / size + static_cast<float>(epsilon));
    for_vectors(x.columns, [&](auto access, std::int64_t i)
                               HWY_ATTR { access.store(hn::Mul(access.load(out + i), all(factor)), out + i); });
    inverse_deviation[row] = factor;
  }
}

HWY_NOINLINE void normalize_gradient(ConstRows normal, const float* inverse_deviation, ConstRows d_normal, Rows dx,
                                     bool add) {
  const float share = 1 / static_cast<float>(normal.columns);
  for (std::int64_t row = 0; row < normal.rows; ++row) {
    const float *const own = normal.data + row * normal.stride, *const d = d_normal.data + row * d_normal.stride;
    float* const out = dx.data + row * dx.stride;
    Vector sum = all(0), projection = all(0);
    for_vectors(normal.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector gradient = access.load(d + i);
      sum = hn::Add(sum, gradient);
      projection = hn::MulAdd(gradient, access.load(own + i), projection);
    });
    const Vector mean = all(sum_of(sum) * share), slope = all(sum_of(projection) * share),
                 factor = all(inverse_deviation[row]);
    for_vectors(normal.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector centred = hn::Sub(access.load(d + i), mean);
      const Vector change = hn::Mul(factor, hn::NegMulAdd(access.load(own + i), slope, centred));
      access.store(add ? hn::Add(access.load(out + i), change) : change, out + i);
    });
  }
}

/// share = the normal distribution below x, slope = x times its density: gelu = x share, gelu' = share + slope.
/// erfc(y) = exp(-y^2) polynomial(1 / (1 + p y)) for y >= 0, off by at most 1.5e-7: Abramowitz and Stegun 7.1.26.
HWY_INLINE void normal_distribution(Vector x, Vector& share, Vector& slope) {
  const Lanes lanes;
  const Vector bell = exp_of(hn::Mul(hn::Mul(x, all(-0.5f)), x));
  const Vector t = hn::Div(all(1), hn::MulAdd(hn::Abs(x), all(0.3275911f * 0.70710678f), all(1)));
  Vector polynomial = hn::MulAdd(t, all(1.061405429f), all(-1.453152027f));
  polynomial = hn::MulAdd(t, polynomial, all(1.421413741f));
  polynomial = hn::MulAdd(t, polynomial, all(-0.284496736f));
  polynomial = hn::MulAdd(t, polynomial, all(0.254829592f));
  const Vector tail = hn::Mul(hn::Mul(all(0.5f), bell), hn::Mul(t, polynomial));  // beyond |x|
  share = hn::IfThenElse(hn::Lt(x, hn::Zero(lanes)), tail, hn::Sub(all(1), tail));
  slope = hn::Mul(hn::Mul(x, bell), all(0.39894228f));
}

HWY_NOINLINE void gelu(Rows z, Rows a) {
  for (std::int64_t row = 0; row < z.rows; ++row) {
    float *const units = z.data + row * z.stride, *const hidden = a.data + row * a.stride;
    for_vectors(z.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      const Vector x = access.load(units + i);
      Vector share, slope;
      normal_distribution(x, share, slope);
      access.store(hn::Mul(x, share), hidden + i);
      access.store(hn::Add(share, slope), units + i);
    });
  }
}

HWY_NOINLINE void multiply(ConstRows a, ConstRows b, Rows c) {
  for (std::int64_t row = 0; row < a.rows; ++row) {
    const float *const left = a.data + row * a.stride, *const right = b.data + row * b.stride;
    float* const out = c.data + row * c.stride;
    for_vectors(a.columns, [&](auto access, std::int64_t i) HWY_ATTR {
      access.store(hn::Mul(access.load(left + i), access.load(right + i)), out + i);
    });
  }
}

HWY_NOINLINE void add_rows(ConstRows x, float* sums, bool add) {
  for_vectors(x.columns, [&](auto access, std::int64_t i) HWY_ATTR {
    Vector sum = add ? access.load(sums + i) : all(0);
    for (std::int64_t row = 0; row < x.rows; ++row) sum = hn::Add(sum, access.load(x.data + row * x.stride + i));
    access.store(sum, sums + i);
  });
}

HWY_NOINLINE double cross_entropy(Rows logits, const std::int32_t* targets, double weight) {
  double loss = 0;
  for (std::int64_t row = 0; row < logits.rows; ++row) {
    float* const scores = logits.data + row * logits.stride;
    const std::int64_t V = logits.columns;
    if (targets[row] < 0) {
      for_vectors(V, [&](auto access, std::int64_t i) HWY_ATTR { access.store(all(0), scores + i); });
      continue;
    }
    // A maximum that does not see NaN would hide it, so the sum of all decides below.
    float highest = scores[0];
    for (std::int64_t i = 1; i < V; ++i) highest = std::max(highest, scores[i]);
    const float own = scores[targets[row]] - highest;
    Vector sums = all(0);
    for_vectors(V, [&](auto access, std::int64_t i) HWY_ATTR {
      access.store(exp_of(hn::Sub(access.load(scores + i), all(highest))), scores + i);
      sums = hn::Add(sums, access.load(scores + i));
    });
    const float sum = sum_of(sums);
    loss -= (static_cast<double>(own) - std::log(static_cast<double>(sum))) * weight;
    const Vector factor = all(static_cast<float>(weight) / sum);
    for_vectors(V, [&](auto access, std::int64_t i)
                       HWY_ATTR { access.store(hn::Mul(access.load(scores + i), factor), scores + i); });
    scores[targets[row]] -= static_cast<float>(weight);
  }
  return loss;
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
