// The vector operations against plain loops in double, for every instruction set of this machine. Arrays end where
// their last number does, so that the address sanitizer sees a read too far; what lies between rows must stay.

#include "train/fused/cpu/operations.h"

#include <cmath>
#include <functional>

#include "support/test.h"

using namespace seedscape;

namespace {

constexpr float kUntouched = 777;
constexpr std::int64_t kSizes[] = {1, 3, 7, 8, 9, 15, 16, 17, 33};

/// Rows that lie `gap` floats apart.
struct Matrix {
  std::int64_t rows, columns, stride;
  std::vector<float> data;

  Matrix(std::int64_t row_count, std::int64_t column_count, double seed, std::int64_t gap = 3)
      : rows(row_count), columns(column_count), stride(column_count + gap) {
    data.assign(static_cast<std::size_t>((rows - 1) * stride + columns), kUntouched);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < columns; ++c)
        at(r, c) = static_cast<float>(std::sin(seed + 1.7 * static_cast<double>(r * columns + c)));
    }
  }

  float& at(std::int64_t r, std::int64_t c) { return data[static_cast<std::size_t>(r * stride + c)]; }
  double at(std::int64_t r, std::int64_t c) const {
    return static_cast<double>(data[static_cast<std::size_t>(r * stride + c)]);
  }
  Rows view() { return {data.data(), rows, columns, stride}; }
  ConstRows view() const { return {data.data(), rows, columns, stride}; }
};

/// An output: NaN until it is written.
Matrix output(std::int64_t rows, std::int64_t columns) {
  Matrix matrix(rows, columns, 0);
  for (float& value : matrix.data) value = value == kUntouched ? value : NAN;
  return matrix;
}

void require_equal(const Matrix& matrix, const std::function<double(std::int64_t, std::int64_t)>& expected,
                   double tolerance = 2e-6) {
  bool gaps_kept = true;
  double worst = 0;
  for (std::int64_t r = 0; r < matrix.rows; ++r) {
    for (std::int64_t c = 0; c < matrix.columns; ++c) {
      const double want = expected(r, c), error = std::abs(matrix.at(r, c) - want) / (1 + std::abs(want));
      worst = std::isnan(error) ? INFINITY : std::max(worst, error);
    }
    for (std::int64_t c = matrix.columns; c < matrix.stride && r + 1 < matrix.rows; ++c)
      gaps_kept = gaps_kept && matrix.at(r, c) == static_cast<double>(kUntouched);
  }
  REQUIRE(worst < tolerance);
  REQUIRE(gaps_kept);
}

/// Runs a test for each instruction set.
void with_each(const std::function<void(const Operations&)>& test) {
  for (const Operations& simd : supported_operations()) {
    INFO(simd.instruction_set);
    test(simd);
  }
}

double gelu_of(double x) { return 0.5 * x * std::erfc(-x * M_SQRT1_2); }

double gelu_slope(double x) {
  return 0.5 * std::erfc(-x * M_SQRT1_2) + x * std::exp(-0.5 * x * x) / std::sqrt(2 * M_PI);
}

/// Causal attention of one head in double: the attended values, and the log of each query's sum.
struct PlainAttention {
  std::int64_t T, K;
  std::vector<double> probabilities, out, log_sum;

  PlainAttention(const Matrix& qkv, std::int64_t head_width)
      : T(qkv.rows),
        K(head_width),
        probabilities(static_cast<std::size_t>(T * T)),
        out(static_cast<std::size_t>(T * K)) {
    for (std::int64_t i = 0; i < T; ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j <= i; ++j) {
        double score = 0;
        for (std::int64_t k = 0; k < K; ++k) score += qkv.at(i, k) * qkv.at(j, K + k);
        sum += p(i, j) = std::exp(score / std::sqrt(static_cast<double>(K)));
      }
      log_sum.push_back(std::log(sum));
      for (std::int64_t j = 0; j <= i; ++j) {
        p(i, j) /= sum;
        for (std::int64_t k = 0; k < K; ++k) out[static_cast<std::size_t>(i * K + k)] += p(i, j) * qkv.at(j, 2 * K + k);
      }
    }
  }
  double& p(std::int64_t i, std::int64_t j) { return probabilities[static_cast<std::size_t>(i * T + j)]; }
};

AttentionArgs attention_args(Matrix& qkv, std::int64_t K, Matrix& out, std::vector<float>& log_sum) {
  return {.T = qkv.rows,
          .K = K,
          .stride = qkv.stride,
          .q = qkv.data.data(),
          .k = qkv.data.data() + K,
          .v = qkv.data.data() + 2 * K,
          .out = out.data.data(),
          .out_stride = out.stride,
          .log_sum = log_sum.data(),
          .log_sum_stride = 1};
}

}  // namespace

TEST_CASE("operations: this machine has at least one instruction set, each with a name", "[train]") {
  REQUIRE(!supported_operations().empty());
  with_each([](const Operations& simd) { CHECK(std::string(simd.instruction_set) != ""); });
}

TEST_CASE("operations: a product is that of plain loops, for every start and awkward size", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t rows : {1, 2, 5, 6, 7, 8, 13, 250}) {
      for (const std::int64_t columns : {1, 3, 7, 8, 9, 16, 31, 44, 65, 700}) {
        for (const std::int64_t depth : {1, 7, 64, 300}) {
          if (rows * columns * depth > 3'000'000) continue;
          const Matrix a(rows, depth, 1), b(depth, columns, 2), bias(1, columns, 3), before(rows, columns, 4);
          const Matrix turned = [&] {
            Matrix t(depth, rows, 0);
            for (std::int64_t r = 0; r < rows; ++r) {
              for (std::int64_t k = 0; k < depth; ++k) t.at(k, r) = static_cast<float>(a.at(r, k));
            }
            return t;
          }();
          for (const Start start : {Start::zero, Start::bias, Start::sum, Start::sum_and_bias}) {
            const bool sums = start == Start::sum || start == Start::sum_and_bias,
                       biased = start == Start::bias || start == Start::sum_and_bias;
            for (const bool transposed : {false, true}) {
              INFO(rows << " x " << columns << " x " << depth << ", start " << static_cast<int>(start));
              Matrix c = sums ? before : output(rows, columns);
              simd.product({.rows = rows,
                            .columns = columns,
                            .depth = depth,
                            .a = transposed ? turned.data.data() : a.data.data(),
                            .a_row = transposed ? 1 : a.stride,
                            .a_column = transposed ? turned.stride : 1,
                            .b = b.data.data(),
                            .b_row = b.stride,
                            .c = c.data.data(),
                            .c_row = c.stride,
                            .start = start,
                            .bias = biased ? bias.data.data() : nullptr});
              if (rows * columns > 2000 && transposed) continue;  // the plain loops take their time
              require_equal(
                  c,
                  [&](std::int64_t r, std::int64_t j) {
                    double sum = (sums ? before.at(r, j) : 0) + (biased ? bias.at(0, j) : 0);
                    for (std::int64_t k = 0; k < depth; ++k) sum += a.at(r, k) * b.at(k, j);
                    return sum;
                  },
                  1e-5);
            }
          }
        }
      }
    }
  });
}

TEST_CASE("operations: layer norm and its gradient", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t D : kSizes) {
      const Matrix x(4, D, 1), d_normal(4, D, 2), before(4, D, 3);
      Matrix normal = output(4, D);
      std::vector<float> inverse(4, NAN);
      simd.normalize(x.view(), normal.view(), inverse.data(), 1e-5);
      const auto mean_of = [&](const std::function<double(std::int64_t)>& value) {
        double sum = 0;
        for (std::int64_t i = 0; i < D; ++i) sum += value(i);
        return sum / static_cast<double>(D);
      };
      const auto factor = [&](std::int64_t r) {
        const double mean = mean_of([&](std::int64_t i) { return x.at(r, i); });
        return 1 / std::sqrt(mean_of([&](std::int64_t i) { return std::pow(x.at(r, i) - mean, 2); }) + 1e-5);
      };
      for (std::int64_t r = 0; r < 4; ++r)
        CHECK(static_cast<double>(inverse[static_cast<std::size_t>(r)]) == Approx(factor(r)).epsilon(1e-4));
      require_equal(
          normal,
          [&](std::int64_t r, std::int64_t i) {
            return (x.at(r, i) - mean_of([&](std::int64_t j) { return x.at(r, j); })) * factor(r);
          },
          2e-5);
      for (const bool add : {false, true}) {
        Matrix dx = add ? before : output(4, D);
        simd.normalize_gradient(std::as_const(normal).view(), inverse.data(), d_normal.view(), dx.view(), add);
        require_equal(
            dx,
            [&](std::int64_t r, std::int64_t i) {
              const double mean = mean_of([&](std::int64_t j) { return d_normal.at(r, j); });
              const double slope = mean_of([&](std::int64_t j) { return d_normal.at(r, j) * normal.at(r, j); });
              const double inner = d_normal.at(r, i) - mean - normal.at(r, i) * slope;
              return (add ? before.at(r, i) : 0) + static_cast<double>(inverse[static_cast<std::size_t>(r)]) * inner;
            },
            2e-5);
      }
    }
  });
}

TEST_CASE("operations: GELU and its derivative, to 3e-7 between -12 and 12", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t F : kSizes) {
      Matrix z(50, F, 1), a = output(50, F);
      for (float& value : z.data) value = value == kUntouched ? value : 12 * value;
      const Matrix x = z;
      simd.gelu(z.view(), a.view());
      require_equal(
          a, [&](std::int64_t r, std::int64_t i) { return gelu_of(x.at(r, i)); }, 3e-7);
      require_equal(
          z, [&](std::int64_t r, std::int64_t i) { return gelu_slope(x.at(r, i)); }, 3e-7);
    }
  });
}

TEST_CASE("operations: element products and sums over rows", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t columns : kSizes) {
      const Matrix a(5, columns, 1), b(5, columns, 2), before(1, columns, 3);
      Matrix c = output(5, columns);
      simd.multiply(a.view(), b.view(), c.view());
      require_equal(c, [&](std::int64_t r, std::int64_t i) { return a.at(r, i) * b.at(r, i); });
      for (const bool add : {false, true}) {
        Matrix sums = add ? before : output(1, columns);
        simd.add_rows(a.view(), sums.data.data(), add);
        require_equal(sums, [&](std::int64_t, std::int64_t i) {
          double sum = add ? before.at(0, i) : 0;
          for (std::int64_t r = 0; r < 5; ++r) sum += a.at(r, i);
          return sum;
        });
      }
    }
  });
}

TEST_CASE("operations: cross entropy counts what has a target, and leaves its gradient in place of the logits",
          "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t V : kSizes) {
      Matrix logits(4, V, 1);
      for (float& value : logits.data) value = value == kUntouched ? value : 40 * value;  // a plain exp would overflow
      const Matrix x = logits;
      const std::vector<std::int32_t> targets{-1, 0, static_cast<std::int32_t>(V - 1), -1};
      const auto log_sum = [&](std::int64_t r) {
        double sum = 0;
        for (std::int64_t v = 0; v < V; ++v) sum += std::exp(x.at(r, v));
        return std::log(sum);
      };
      const double loss = simd.cross_entropy(logits.view(), targets.data(), 0.25);
      CHECK(loss == Approx(0.25 * (log_sum(1) - x.at(1, 0) + log_sum(2) - x.at(2, V - 1))).epsilon(1e-5).margin(1e-6));
      require_equal(logits, [&](std::int64_t r, std::int64_t v) {
        const std::int32_t target = targets[static_cast<std::size_t>(r)];
        return target < 0 ? 0 : 0.25 * (std::exp(x.at(r, v) - log_sum(r)) - (v == target ? 1 : 0));
      });
    }
  });
}

TEST_CASE("operations: causal attention of a head, and its gradient", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t T : {1, 3, 15, 16, 17, 33, 64, 65, 100}) {
      for (const std::int64_t K : {2, 7, 8, 16, 24}) {
        INFO("T " << T << ", K " << K);
        Matrix qkv(T, 3 * K, 1), out = output(T, K);
        std::vector<float> log_sum(static_cast<std::size_t>(T), NAN), scratch(attention_scratch(T, K), NAN);
        const AttentionArgs args = attention_args(qkv, K, out, log_sum);
        simd.attention(args, scratch.data());
        PlainAttention plain(qkv, K);
        require_equal(out,
                      [&](std::int64_t t, std::int64_t k) { return plain.out[static_cast<std::size_t>(t * K + k)]; });
        for (std::size_t t = 0; t < log_sum.size(); ++t)
          CHECK(static_cast<double>(log_sum[t]) == Approx(plain.log_sum[t]).epsilon(1e-5).margin(1e-5));

        const Matrix da(T, K, 5);
        Matrix d = output(T, 3 * K);
        scratch.assign(scratch.size(), NAN);
        simd.attention_gradient(args,
                                {.da = da.data.data(),
                                 .da_stride = da.stride,
                                 .dq = d.data.data(),
                                 .dk = d.data.data() + K,
                                 .dv = d.data.data() + 2 * K,
                                 .stride = d.stride},
                                scratch.data());
        // d score(i, j) = p (da_i . v_j - da_i . out_i)
        std::vector<double> d_score(static_cast<std::size_t>(T * T));
        const auto ds = [&](std::int64_t i, std::int64_t j) -> double& {
          return d_score[static_cast<std::size_t>(i * T + j)];
        };
        for (std::int64_t i = 0; i < T; ++i) {
          for (std::int64_t j = 0; j <= i; ++j) {
            double sum = 0;
            for (std::int64_t k = 0; k < K; ++k)
              sum += da.at(i, k) * (qkv.at(j, 2 * K + k) - plain.out[static_cast<std::size_t>(i * K + k)]);
            ds(i, j) = plain.p(i, j) * sum / std::sqrt(static_cast<double>(K));
          }
        }
        require_equal(
            d,
            [&](std::int64_t t, std::int64_t column) {
              const std::int64_t k = column % K;
              double sum = 0;
              for (std::int64_t other = 0; other < T; ++other) {
                if (column < K && other <= t) sum += ds(t, other) * qkv.at(other, K + k);
                if (column >= K && column < 2 * K && other >= t) sum += ds(other, t) * qkv.at(other, k);
                if (column >= 2 * K && other >= t) sum += plain.p(other, t) * da.at(other, k);
              }
              return sum;
            },
            5e-6);
      }
    }
  });
}

TEST_CASE("operations: a norm folds into the layer behind it, and its gradients come out again", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t in : kSizes) {
      const std::int64_t out = 5;
      const Matrix w(out, in, 1), bias(1, out, 2), scale(1, in, 3), shift(1, in, 4), dw(out, in, 5), db(1, out, 6);
      for (const bool normed : {false, true}) {
        const FoldArgs args{w.view(), bias.data.data(), normed ? scale.data.data() : nullptr,
                            normed ? shift.data.data() : nullptr};
        Matrix folded = output(out, in), transposed = output(in, out), folded_bias(1, out, 7);
        const Matrix bias_before = folded_bias;
        simd.fold(args, folded.view(), transposed.view(), folded_bias.data.data());
        const auto product = [&](std::int64_t r, std::int64_t c) { return w.at(r, c) * (normed ? scale.at(0, c) : 1); };
        require_equal(folded, product);
        require_equal(transposed, [&](std::int64_t r, std::int64_t c) { return product(c, r); });
        require_equal(folded_bias, [&](std::int64_t, std::int64_t r) {
          double sum = bias_before.at(0, r) + bias.at(0, r);
          for (std::int64_t c = 0; normed && c < in; ++c) sum += w.at(r, c) * shift.at(0, c);
          return sum;
        });

        Matrix d_weight = output(out, in), d_bias = output(1, out), d_scale = output(1, in), d_shift = output(1, in);
        simd.unfold(args, dw.view(), db.data.data(),
                    {d_weight.view(), d_bias.data.data(), d_scale.data.data(), d_shift.data.data()});
        require_equal(d_weight, [&](std::int64_t r, std::int64_t c) {
          return normed ? dw.at(r, c) * scale.at(0, c) + db.at(0, r) * shift.at(0, c) : dw.at(r, c);
        });
        require_equal(d_bias, [&](std::int64_t, std::int64_t r) { return db.at(0, r); });
        if (!normed) continue;
        require_equal(d_scale, [&](std::int64_t, std::int64_t c) {
          double sum = 0;
          for (std::int64_t r = 0; r < out; ++r) sum += w.at(r, c) * dw.at(r, c);
          return sum;
        });
        require_equal(d_shift, [&](std::int64_t, std::int64_t c) {
          double sum = 0;
          for (std::int64_t r = 0; r < out; ++r) sum += w.at(r, c) * db.at(0, r);
          return sum;
        });
      }
    }
  });
}

TEST_CASE("operations: the square sum of many numbers is exact to 1e-6", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t n : {1, 9, 4096, 4097, 300001}) {
      const Matrix values(1, n, 1);
      double expected = 0;
      for (std::int64_t i = 0; i < n; ++i) expected += values.at(0, i) * values.at(0, i);
      CHECK(simd.square_sum(values.data.data(), n) == Approx(expected).epsilon(1e-6));
    }
  });
}

TEST_CASE("operations: AdamW's formula, element by element", "[train]") {
  with_each([](const Operations& simd) {
    for (const std::int64_t n : kSizes) {
      const Matrix g(1, n, 1), w(1, n, 2), m(1, n, 3);
      Matrix v(1, n, 4), new_w = w, new_m = m;
      for (float& value : v.data) value *= value;
      Matrix new_v = v;
      simd.adamw({.weights = new_w.data.data(),
                  .first_moment = new_m.data.data(),
                  .second_moment = new_v.data.data(),
                  .gradient = g.data.data(),
                  .clip_factor = 0.5f,
                  .keep = 0.99f,
                  .rate = 0.01f,
                  .second_correction = 4,
                  .beta1 = 0.9f,
                  .rest1 = 0.1f,
                  .beta2 = 0.75f,
                  .rest2 = 0.25f,
                  .epsilon = 1e-3f},
                 n);
      const auto moment = [&](std::int64_t i) { return 0.9 * m.at(0, i) + 0.1 * 0.5 * g.at(0, i); };
      const auto square = [&](std::int64_t i) { return 0.75 * v.at(0, i) + 0.25 * std::pow(0.5 * g.at(0, i), 2); };
      require_equal(new_m, [&](std::int64_t, std::int64_t i) { return moment(i); });
      require_equal(new_v, [&](std::int64_t, std::int64_t i) { return square(i); });
      require_equal(new_w, [&](std::int64_t, std::int64_t i) {
        return 0.99 * w.at(0, i) - 0.01 * moment(i) / (std::sqrt(4 * square(i)) + 1e-3);
      });
    }
  });
}
