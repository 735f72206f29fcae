// The bodies of the CUDA kernels on host threads, held against LibTorch's operations.

#include <cmath>

#include "support/torch_test.h"
#include "thread_team.h"
#include "train/cuda/adamw.h"
#include "train/cuda/attention.h"
#include "train/cuda/fold.h"
#include "train/cuda/loss.h"
#include "train/cuda/norm.h"
#include "train/cuda/pointwise.h"
#include "train/cuda/rows.h"
#include "train/cuda/sums.h"
#include "train/fused/aten_kernels.h"

using namespace seedscape;

namespace {

using torch::Tensor;

constexpr int kLanes = 4, kWarps = 2;

/// Numbers between -2 and 2 without a pattern that a kernel could meet by chance.
Tensor numbers(std::vector<std::int64_t> sizes, double seed) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return (torch::sin(torch::arange(count, torch::kFloat64) * 12.9898 + seed * 78.233) * 2)
      .to(torch::kFloat32)
      .view(sizes);
}

Tensor poison(std::vector<std::int64_t> sizes, torch::Dtype type = torch::kFloat32) {
  return torch::full(sizes, NAN, type);
}

double error(const Tensor& got, const Tensor& wanted) {
  const double largest = (got.to(torch::kFloat64) - wanted.to(torch::kFloat64)).abs().max().item<double>();
  return std::isnan(largest) ? INFINITY : largest;
}

template <class T>
T* row(const Tensor& tensor, std::int64_t n) {
  return tensor[0][n].data_ptr<std::remove_const_t<T>>();
}

}  // namespace

TEST_CASE("cuda bodies: a row's layer norm and its gradient are LibTorch's, for widths beside the warp's", "[train]") {
  AtenKernels aten;
  for (const int D : {1, 3, 4, 5, 9, 64}) {
    for (const bool add : {false, true}) {
      INFO("width " << D << ", add " << add);
      const Tensor x = numbers({1, 1, D}, 1) + 3, d_normal = numbers({1, 1, D}, 2);
      const Tensor normal = poison({1, 1, D}), inverse = poison({1, 1}), wanted = poison({1, 1, D}),
                   wanted_inverse = poison({1, 1});
      aten.normalize(x, wanted, wanted_inverse);
      const Tensor dx = add ? numbers({1, 1, D}, 3) : poison({1, 1, D}), wanted_dx = dx.clone();
      const Tensor copy = poison({1, 1, D}, torch::kBFloat16), wanted_copy = copy.clone();
      aten.normalize_gradient(wanted, wanted_inverse, d_normal, wanted_dx, wanted_dx, add);
      cuda::run_block(kLanes, 1, [&](const cuda::HostTeam& team) {
        cuda::normalize_row(team, row<float>(x, 0), row<float>(normal, 0), inverse.data_ptr<float>(), D,
                            static_cast<float>(kLayerNormEpsilon));
        team.sync();
        cuda::normalize_gradient_row<cuda::HostTeam, float>(team, row<float>(normal, 0), inverse[0][0].item<float>(),
                                                            row<float>(d_normal, 0), row<float>(dx, 0), nullptr, D,
                                                            add);
      });
      CHECK(error(normal, wanted) < 1e-5);
      CHECK(error(inverse, wanted_inverse) < 1e-3 * wanted_inverse.item<double>());
      CHECK(error(dx, wanted_dx) < 1e-5 * (1 + wanted_inverse.item<double>()));
    }
  }
}

TEST_CASE("cuda bodies: the operand's copy of a gradient is the gradient rounded", "[train]") {
  const int D = 6;
  const Tensor normal = numbers({1, 1, D}, 1).to(torch::kBFloat16), d = numbers({1, 1, D}, 2).to(torch::kBFloat16);
  const Tensor dx = numbers({1, 1, D}, 3), copy = poison({1, 1, D}, torch::kBFloat16), wanted = dx.clone(),
               wanted_copy = copy.clone();
  AtenKernels().normalize_gradient(normal, torch::full({1, 1}, 0.7F), d, wanted, wanted_copy, /*add=*/true);
  cuda::run_block(kLanes, 1, [&](const cuda::HostTeam& team) {
    cuda::normalize_gradient_row(team, row<const c10::BFloat16>(normal, 0), 0.7F, row<const c10::BFloat16>(d, 0),
                                 row<float>(dx, 0), row<c10::BFloat16>(copy, 0), D, true);
  });
  CHECK(error(dx, wanted) < 1e-5);
  CHECK(error(copy, dx.to(torch::kBFloat16)) == 0);
}

TEST_CASE("cuda bodies: every pair of every head's q and k turns once, v and the rest stay", "[train]") {
  AtenKernels aten;
  for (const auto& [H, K, half] : {std::tuple{1, 4, 1}, {3, 8, 2}, {2, 6, 3}}) {
    for (const bool backwards : {false, true}) {
      const std::int64_t T = 3, N = 2 * T;
      const Tensor z = numbers({1, N, 3 * H * K}, 1), wanted = z.clone();
      const Tensor angles = numbers({T, half}, 2), cosine = angles.cos(), sine = angles.sin();
      aten.rotate(wanted, cosine, sine, K, backwards);
      const cuda::Rows<float> rows{z.data_ptr<float>(), 0, z.stride(1)};
      for (std::uint32_t i = 0; i < N * H * 2 * half; ++i) {
        const cuda::RotaryPair place = cuda::rotary_pair(
            i, static_cast<std::uint32_t>(H), static_cast<std::uint32_t>(K), static_cast<std::uint32_t>(half));
        REQUIRE(place.n < N);
        float* const low = rows.row(0, place.n) + place.low;
        const auto t = static_cast<std::int64_t>(place.n % T), pair = static_cast<std::int64_t>(place.pair);
        const auto angle_sine = sine[t][pair].item<float>();
        cuda::turn(low, low + half, cosine[t][pair].item<float>(), backwards ? -angle_sine : angle_sine);
      }
      CHECK(error(z, wanted) < 1e-6);
    }
  }
}

TEST_CASE("cuda bodies: the thread after the last pair has a row that is not there", "[train]") {
  CHECK(cuda::rotary_pair(5 * 3 * 2 * 2 - 1, 3, 8, 2).n == 4);
  CHECK(cuda::rotary_pair(5 * 3 * 2 * 2, 3, 8, 2).n == 5);
  const cuda::Element last = cuda::element(4'000'000'000, 7);
  CHECK((last.n == 571'428'571 && last.c == 3));
}

TEST_CASE("cuda bodies: GELU and its derivative", "[train]") {
  const Tensor z = torch::linspace(-6, 6, 49), wanted_z = z.clone().view({1, 1, 49}), a = poison({49}),
               wanted_a = poison({1, 1, 49});
  AtenKernels().gelu(wanted_z, wanted_a);
  for (std::int64_t i = 0; i < 49; ++i) cuda::gelu(z.data_ptr<float>() + i, a.data_ptr<float>() + i);
  CHECK(error(a, wanted_a[0][0]) < 1e-6);
  CHECK(error(z, wanted_z[0][0]) < 1e-6);
  CHECK(cuda::product(c10::BFloat16(1.5F), c10::BFloat16(-2.0F)) == c10::BFloat16(-3.0F));
}

TEST_CASE("cuda bodies: cross entropy of a row and its gradient, counted or not", "[train]") {
  AtenKernels aten;
  for (const int V : {1, 3, 4, 29}) {
    for (const std::int32_t target : {kNotCounted, 0, V - 1}) {
      INFO("vocabulary " << V << ", target " << target);
      const Tensor logits = numbers({1, 1, V}, 1) * 20, wanted = logits.clone();
      const Tensor loss = torch::zeros({1}, torch::kFloat64), weight = torch::full({1}, 0.25, torch::kFloat64);
      aten.cross_entropy(wanted, torch::full({1, 1}, target, torch::kInt32), weight, loss);
      std::vector<float> losses(kLanes, NAN);
      cuda::run_block(kLanes, 1, [&](const cuda::HostTeam& team) {
        losses[static_cast<std::size_t>(team.lane)] =
            cuda::cross_entropy_row(team, row<float>(logits, 0), target, 0.25F, V);
      });
      for (const float own : losses) CHECK(0.25 * own == Approx(loss.item<double>()).margin(1e-5));
      CHECK(error(logits, wanted) < 1e-6);
    }
  }
}

TEST_CASE("cuda bodies: a long sum takes every term once, whatever the number of threads", "[train]") {
  for (const std::int64_t count : {0, 1, 7, 8, 9, 100}) {
    for (const int warps : {1, 4}) {
      std::vector<double> shared(static_cast<std::size_t>(kLanes * warps), NAN);
      std::vector<double> sums(shared.size(), NAN);
      cuda::run_block(kLanes, warps, [&](const cuda::HostTeam& team) {
        sums[static_cast<std::size_t>(team.warp * kLanes + team.lane)] = cuda::sum_of_terms(
            team, 3, 3 + count, [](std::int64_t i) { return std::pow(2.0, static_cast<double>(i % 50)); },
            shared.data());
      });
      double wanted = 0;
      for (std::int64_t i = 3; i < 3 + count; ++i) wanted += std::pow(2.0, static_cast<double>(i % 50));
      for (int lane = 0; lane < kLanes; ++lane) CHECK(sums[static_cast<std::size_t>(lane)] == wanted);
    }
  }
}

TEST_CASE("cuda bodies: sums over rows are each lane's own column", "[train]") {
  for (const std::int64_t N : {0, 1, 4, 5, 33}) {
    const Tensor y = numbers({N, kLanes}, 1);
    std::vector<float> shared(kLanes * 4, NAN), sums(kLanes, NAN);
    cuda::run_block(kLanes, 4, [&](const cuda::HostTeam& team) {
      const float sum = cuda::sum_of_rows(
          team, N, [&](std::int64_t n) { return y[n][team.lane].item<float>(); }, shared.data());
      if (team.warp == 0) sums[static_cast<std::size_t>(team.lane)] = sum;
    });
    CHECK(error(torch::tensor(sums), y.sum(0)) < 1e-5);
  }
}

TEST_CASE("cuda bodies: AdamW updates a number as LibTorch's does", "[train]") {
  const std::int64_t P = 20;
  const AdamWState state{.weights = numbers({1, P}, 1),
                         .gradient = numbers({1, P}, 2),
                         .first_moment = torch::zeros({1, P}),
                         .second_moment = torch::zeros({1, P}),
                         .norm = torch::full({1}, 3.0, torch::kFloat64),
                         .active = torch::ones({1}, torch::kUInt8),
                         .rates = torch::tensor({0.01, 2.0, 3.0}, torch::kFloat64),
                         .stretches = {{0, P, 0.1}},
                         .clip_norm = 0.75};
  const Tensor weights = state.weights.clone(), first = state.first_moment.clone(),
               second = state.second_moment.clone();
  for (int i = 0; i < 2; ++i) AtenKernels().adamw(state);  // the second meets moments
  const cuda::AdamWStep step{cuda::clip_factor(3.0, 0.75), 0.01F, 2, 3, 0.1F};
  for (std::int64_t turn = 0; turn < 2 * P; ++turn) {
    const std::int64_t i = turn % P;
    cuda::update(step, state.gradient[0][i].item<float>(), weights.data_ptr<float>() + i, first.data_ptr<float>() + i,
                 second.data_ptr<float>() + i);
  }
  CHECK(error(weights, state.weights) < 1e-6);
  CHECK(error(first / state.first_moment, torch::ones({1, P})) < 1e-6);
  CHECK(error(second / state.second_moment, torch::ones({1, P})) < 1e-6);
  CHECK(cuda::clip_factor(0.5, 0.75) == 1);
  CHECK(cuda::clip_factor(1e9, 0) == 1);
}

TEST_CASE("cuda bodies: a layer norm's scale and shift move into a row of weights and back", "[train]") {
  const int in = 7;
  AtenKernels aten;
  const Tensor weight = numbers({1, 1, in}, 1), bias = numbers({1, 1}, 2), scale = numbers({1, in}, 3),
               shift = numbers({1, in}, 4);
  for (const bool has_norm : {true, false}) {
    const LinearParameters parameters{weight, bias, has_norm ? scale : Tensor(), has_norm ? shift : Tensor()};
    const Linear wanted{poison({1, 1, in}), {}, torch::full({1, 1}, 0.5F)};
    aten.fold(parameters, wanted);
    const Tensor target = poison({1, 1, in}), target_bias = torch::full({1, 1}, 0.5F);
    const float* const scales = has_norm ? scale.data_ptr<float>() : nullptr;
    const float* const shifts = has_norm ? shift.data_ptr<float>() : nullptr;
    const Linear d_folded{numbers({1, 1, in}, 5), {}, numbers({1, 1}, 6)};
    const LinearParameters wanted_d{poison({1, 1, in}), poison({1, 1}), poison({1, in}), poison({1, in})};
    aten.unfold(parameters, d_folded, wanted_d);
    const Tensor d_weight = poison({1, 1, in}), d_bias = poison({1, 1});
    cuda::run_block(kLanes, 1, [&](const cuda::HostTeam& team) {
      cuda::fold_row(team, row<float>(weight, 0), bias.data_ptr<float>(), scales, shifts, row<float>(target, 0),
                     target_bias.data_ptr<float>(), in);
      cuda::unfold_row(team, row<float>(d_folded.weight, 0), d_folded.bias.item<float>(), scales, shifts,
                       row<float>(d_weight, 0), d_bias.data_ptr<float>(), in);
    });
    CHECK(error(target, wanted.weight) < 1e-6);
    CHECK(error(target_bias, wanted.bias) < 1e-5);
    CHECK(error(d_weight, wanted_d.weight) < 1e-6);
    CHECK(error(d_bias, wanted_d.bias) == 0);
  }
}

TEST_CASE("cuda bodies: attention of a head and its gradient are LibTorch's", "[train]") {
  AtenKernels aten;
  for (const auto& [T, H, K] : {std::tuple{1, 1, 2}, {5, 2, 3}, {12, 1, 8}, {9, 3, 4}}) {
    INFO("T " << T << ", H " << H << ", K " << K);
    const std::int64_t rows = 2, N = rows * T, D = H * K;
    const Tensor z = numbers({1, N, 3 * D}, 1), da = numbers({1, N, D}, 2);
    const Tensor a = poison({1, N, D}), log_sum = poison({1, N, H}), dz = poison({1, N, 3 * D});
    const Tensor wanted_a = poison({1, N, D}), wanted_log_sum = poison({1, N, H}), wanted_dz = poison({1, N, 3 * D});
    aten.attention(z, T, K, wanted_a, wanted_log_sum);
    aten.attention_gradient(z, T, K, wanted_a, wanted_log_sum, da, wanted_dz);
    std::vector<float> shared(static_cast<std::size_t>(cuda::attention_memory_bytes(T, K, kWarps, 4)) / 4);
    for (std::int64_t first = 0; first < N; first += T) {
      for (std::int64_t h = 0; h < H; ++h) {
        const auto head = [&](const Tensor& wide) { return row<float>(wide, first) + h * 3 * K; };
        const auto tokens = [&](const Tensor& wide) { return row<float>(wide, first) + h * K; };
        float* const sums = log_sum.data_ptr<float>() + first * H + h;
        std::fill(shared.begin(), shared.end(), NAN);
        cuda::run_block(kLanes, kWarps, [&](const cuda::HostTeam& team) {
          cuda::attend<cuda::HostTeam, float>(team, {head(z), 3 * D, K}, {tokens(a), D}, sums, H, T, shared.data());
          team.sync();
          cuda::attend_gradient<cuda::HostTeam, float>(team, {head(z), 3 * D, K}, {tokens(a), D}, sums, H,
                                                       {tokens(da), D}, {head(dz), 3 * D, K}, T, shared.data());
        });
      }
    }
    CHECK(error(a, wanted_a) < 1e-5);
    CHECK(error(log_sum, wanted_log_sum) < 1e-5);
    CHECK(error(dz, wanted_dz) < 2e-5);
  }
}

TEST_CASE("cuda bodies: attention in bf16 rounds what it reads and writes, not what it sums", "[train]") {
  using Number = c10::BFloat16;
  const int T = 33, K = 16;
  AtenKernels aten;
  const Tensor z = numbers({1, T, 3 * K}, 1).to(torch::kBFloat16), da = numbers({1, T, K}, 2).to(torch::kBFloat16);
  const Tensor a = poison({1, T, K}, torch::kBFloat16), log_sum = poison({1, T, 1}),
               dz = poison({1, T, 3 * K}, torch::kBFloat16);
  const Tensor wide_z = z.to(torch::kFloat64), wanted_a = torch::zeros({1, T, K}, torch::kFloat64),
               wanted_log_sum = torch::zeros({1, T, 1}, torch::kFloat64), wanted_dz = torch::zeros_like(wide_z);
  aten.attention(wide_z, T, K, wanted_a, wanted_log_sum);
  aten.attention_gradient(wide_z, T, K, wanted_a, wanted_log_sum, da.to(torch::kFloat64), wanted_dz);
  std::vector<float> shared(static_cast<std::size_t>(cuda::attention_memory_bytes(T, K, kWarps, 2)) / 4 + 1);
  cuda::run_block(kLanes, kWarps, [&](const cuda::HostTeam& team) {
    cuda::attend<cuda::HostTeam, Number>(team, {row<const Number>(z, 0), 3 * K, K}, {row<Number>(a, 0), K},
                                         log_sum.data_ptr<float>(), 1, T, shared.data());
    team.sync();
    cuda::attend_gradient<cuda::HostTeam, Number>(
        team, {row<const Number>(z, 0), 3 * K, K}, {row<const Number>(a, 0), K}, log_sum.data_ptr<float>(), 1,
        {row<const Number>(da, 0), K}, {row<Number>(dz, 0), 3 * K, K}, T, shared.data());
  });
  const auto relative = [](const Tensor& got, const Tensor& wanted) {
    return ((got.to(torch::kFloat64) - wanted).norm() / wanted.norm()).item<double>();
  };
  CHECK(error(log_sum, wanted_log_sum) < 1e-5);
  CHECK(relative(a, wanted_a) < 4e-3);
  CHECK(relative(dz, wanted_dz) < 1e-2);
}
