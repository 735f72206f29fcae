// Every kernel of our own on a GPU against LibTorch's operations on the CPU in double precision, on the same numbers.

#include <cmath>

#include "gpu.h"
#include "train/fused/aten_kernels.h"

using namespace seedscape;

namespace {

using torch::Tensor;

/// One tensor twice: as the GPU has it, and the same numbers in double on the CPU.
struct Both {
  Tensor gpu, cpu;

  Both narrow(int dim, std::int64_t start, std::int64_t length) const {
    return {gpu.narrow(dim, start, length), cpu.narrow(dim, start, length)};
  }
  double error() const {
    const Tensor got = gpu.to(torch::kCPU, torch::kFloat64);
    const double relative = ((got - cpu).norm() / (cpu.norm() + 1e-30)).item<double>();
    return std::isnan(relative) ? INFINITY : relative;
  }
};

class Bench {
 public:
  Bench(torch::Device device, torch::Dtype operand_type)
      : ours(find_cuda_library()->make_kernels(KernelChoice::own)), operand_type_(operand_type), device_(device) {}

  Both make(const std::vector<std::int64_t>& sizes, torch::Dtype type) {
    std::int64_t count = 1;
    for (const std::int64_t size : sizes) count *= size;
    const Tensor numbers = torch::sin(torch::arange(count, torch::kFloat64) * 12.9898 + ++made_ * 78.233) * 2;
    const Tensor gpu = numbers.view(sizes).to(device_, type);
    return {gpu, gpu.to(torch::kCPU, torch::kFloat64)};
  }
  Both operands(const std::vector<std::int64_t>& sizes) { return make(sizes, operand_type_); }
  Both master(const std::vector<std::int64_t>& sizes) { return make(sizes, torch::kFloat32); }
  Both doubles(const std::vector<std::int64_t>& sizes) { return make(sizes, torch::kFloat64); }
  Both integers(const Tensor& values) const { return {values.to(device_, torch::kInt32), values.to(torch::kInt32)}; }

  double tolerance() const { return operand_type_ == torch::kBFloat16 ? 1e-2 : 1e-5; }

  AtenKernels theirs;
  std::unique_ptr<Kernels> ours;

 private:
  torch::Dtype operand_type_;
  torch::Device device_;
  double made_ = 0;
};

/// Runs `test` with fp32 and with bf16 operands where there is a GPU.
template <class Test>
void on_gpu(const Test& test) {
  const std::optional<torch::Device> device = find_test_gpu();
  if (!device) return;
  for (const torch::Dtype type : {torch::kFloat32, torch::kBFloat16}) {
    INFO("operands " << type);
    Bench bench(*device, type);
    test(bench);
  }
}

constexpr std::int64_t kWidths[] = {1, 7, 31, 32, 33, 64, 130};

}  // namespace

TEST_CASE("cuda kernels: layer norm and its gradient", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t D : kWidths) {
      for (const bool add : {false, true}) {
        INFO("width " << D << ", add " << add);
        const Both x = bench.master({3, 17, D}), normal = bench.operands({3, 17, D}), inverse = bench.master({3, 17});
        bench.ours->normalize(x.gpu, normal.gpu, inverse.gpu);
        bench.theirs.normalize(x.cpu, normal.cpu, inverse.cpu);
        CHECK(normal.error() < bench.tolerance());
        CHECK(inverse.error() < 1e-4);
        const Both given = bench.operands({3, 17, D}), scale = bench.master({3, 17}), d = bench.operands({3, 17, D}),
                   dx = bench.master({3, 17, D}), copy = bench.operands({3, 17, D});
        bench.ours->normalize_gradient(given.gpu, scale.gpu, d.gpu, dx.gpu, copy.gpu, add);
        bench.theirs.normalize_gradient(given.cpu, scale.cpu, d.cpu, dx.cpu, copy.cpu, add);
        CHECK(dx.error() < 1e-5);
        CHECK(copy.error() < bench.tolerance());
      }
    }
  });
}

TEST_CASE("cuda kernels: rotation, on columns of a wider buffer that stay beside it", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const auto& [T, H, K, half] : {std::tuple{5, 1, 4, 1}, {7, 3, 8, 2}, {256, 2, 64, 8}}) {
      for (const bool backwards : {false, true}) {
        const Both wide = bench.operands({2, 3 * T, 3 * H * K + 5}), angles = bench.master({T, half});
        const Both cosine{angles.gpu.cos(), angles.cpu.cos()}, sine{angles.gpu.sin(), angles.cpu.sin()};
        const Both z = wide.narrow(2, 0, 3 * H * K);
        bench.ours->rotate(z.gpu, cosine.gpu, sine.gpu, K, backwards);
        bench.theirs.rotate(z.cpu, cosine.cpu, sine.cpu, K, backwards);
        CHECK(wide.error() < bench.tolerance());
      }
    }
  });
}

TEST_CASE("cuda kernels: GELU and its gradient, on columns of a wider buffer", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t F : kWidths) {
      const Both wide_z = bench.operands({3, 19, F + 3}), wide_a = bench.operands({3, 19, F + 2}),
                 da = bench.operands({3, 19, F}), wide_dz = bench.operands({3, 19, F + 1});
      const Both z = wide_z.narrow(2, 3, F), a = wide_a.narrow(2, 1, F), dz = wide_dz.narrow(2, 1, F);
      bench.ours->gelu(z.gpu, a.gpu);
      bench.theirs.gelu(z.cpu, a.cpu);
      CHECK(wide_z.error() < bench.tolerance());
      CHECK(wide_a.error() < bench.tolerance());
      bench.ours->gelu_gradient(z.gpu, da.gpu, dz.gpu);
      bench.theirs.gelu_gradient(z.cpu, da.cpu, dz.cpu);
      CHECK(wide_dz.error() < bench.tolerance());
    }
  });
}

TEST_CASE("cuda kernels: cross entropy and its gradient, a chunk of rows within a batch", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t V : {1, 5, 33, 154}) {
      const Both logits = bench.master({3, 21, V}), weight = bench.doubles({3}), loss = bench.doubles({3});
      const Both all = bench.integers(torch::arange(3 * 40).remainder(V + 1).sub(1).view({3, 40}));  // -1: not counted
      const Both targets = all.narrow(1, 10, 21);
      bench.ours->cross_entropy(logits.gpu, targets.gpu, weight.gpu, loss.gpu);
      bench.theirs.cross_entropy(logits.cpu, targets.cpu, weight.cpu, loss.cpu);
      CHECK(logits.error() < 1e-5);
      CHECK(loss.error() < 1e-6);
    }
  });
}

TEST_CASE("cuda kernels: the embedding and its gradient", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t D : kWidths) {
      for (const bool add : {false, true}) {
        const std::int64_t V = 11, N = 77;
        const Both table = bench.master({3, V, D}), x = bench.master({3, N, D}), d_table = bench.master({3, V, D});
        const Both tokens = bench.integers(torch::arange(3 * N).square().remainder(V - 1).view({3, N}));
        bench.ours->embed(tokens.gpu, table.gpu, x.gpu);
        bench.theirs.embed(tokens.cpu, table.cpu, x.cpu);
        CHECK(x.error() == 0);
        const Both dx = bench.master({3, N, D});
        bench.ours->embed_gradient(tokens.gpu, dx.gpu, d_table.gpu, add);
        bench.theirs.embed_gradient(tokens.cpu, dx.cpu, d_table.cpu, add);
        CHECK(d_table.error() < 1e-5);
      }
    }
  });
}

TEST_CASE("cuda kernels: products with bias, their gradients, into columns of wider buffers", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const auto& [N, in, out] : {std::tuple{5, 3, 4}, {64, 64, 192}, {100, 33, 17}}) {
      for (const bool add : {false, true}) {
        INFO(N << " rows, " << in << " to " << out << ", add " << add);
        const Both x = bench.operands({2, N, in}), weight = bench.operands({2, out, in}), bias = bench.master({2, out});
        const Linear gpu{weight.gpu, {}, bias.gpu}, cpu{weight.cpu, {}, bias.cpu};
        const Both sum = bench.master({2, N, out});
        bench.ours->linear(x.gpu, gpu, sum.gpu, add);
        bench.theirs.linear(x.cpu, cpu, sum.cpu, add);
        CHECK(sum.error() < 1e-4);  // summed and written in fp32, whatever the operands
        const Both wide = bench.operands({2, N, out + 6}), y = wide.narrow(2, 2, out);
        bench.ours->linear(x.gpu, gpu, y.gpu, /*add=*/false);
        bench.theirs.linear(x.cpu, cpu, y.cpu, /*add=*/false);
        CHECK(wide.error() < bench.tolerance());

        const Both dy = bench.operands({2, N, out + 6}).narrow(2, 2, out), dx = bench.operands({2, N, in}),
                   d_weight = bench.master({2, out, in}), d_bias = bench.master({2, out});
        bench.ours->linear_input_gradient(dy.gpu, gpu, dx.gpu);
        bench.theirs.linear_input_gradient(dy.cpu, cpu, dx.cpu);
        CHECK(dx.error() < bench.tolerance());
        bench.ours->linear_weight_gradient(dy.gpu, x.gpu, {d_weight.gpu, {}, d_bias.gpu}, add);
        bench.theirs.linear_weight_gradient(dy.cpu, x.cpu, {d_weight.cpu, {}, d_bias.cpu}, add);
        CHECK(d_weight.error() < 1e-4);
        CHECK(d_bias.error() < 1e-5);
      }
    }
  });
}

TEST_CASE("cuda kernels: a layer norm moves into part of a folded layer, and gradients come back", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const bool has_norm : {true, false}) {
      const std::int64_t in = 37, out = 50, P = out * in + out + 2 * in;
      const Both flat = bench.master({3, P}), d_flat = bench.master({3, P});
      const auto parameters = [&](const Tensor& whole) {
        return LinearParameters{.weight = whole.narrow(1, 0, out * in).view({3, out, in}),
                                .bias = whole.narrow(1, out * in, out),
                                .scale = has_norm ? whole.narrow(1, out * in + out, in) : Tensor(),
                                .shift = has_norm ? whole.narrow(1, out * in + out + in, in) : Tensor()};
      };
      const Both whole = bench.operands({3, out + 9, in + 4}), bias = bench.master({3, out + 9});
      const auto place = [&](const Tensor& wide, const Tensor& biases) {
        return Linear{wide.narrow(1, 5, out).narrow(2, 3, in), {}, biases.narrow(1, 5, out)};
      };
      bench.ours->fold(parameters(flat.gpu), place(whole.gpu, bias.gpu));
      bench.theirs.fold(parameters(flat.cpu), place(whole.cpu, bias.cpu));
      CHECK(whole.error() < bench.tolerance());
      CHECK(bias.error() < 1e-5);
      const Both d_whole = bench.master({3, out + 9, in + 4}), d_bias = bench.master({3, out + 9});
      bench.ours->unfold(parameters(flat.gpu), place(d_whole.gpu, d_bias.gpu), parameters(d_flat.gpu));
      bench.theirs.unfold(parameters(flat.cpu), place(d_whole.cpu, d_bias.cpu), parameters(d_flat.cpu));
      CHECK(d_flat.error() < 1e-5);
    }
  });
}

TEST_CASE("cuda kernels: attention and its gradient, within shared memory and beyond", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const auto& [T, H, K] : {std::tuple{1, 1, 16}, {33, 3, 16}, {255, 2, 64}, {64, 1, 128}, {500, 1, 128}}) {
      INFO("T " << T << ", H " << H << ", K " << K);
      const std::int64_t N = 3 * T, D = H * K;
      const Both wide_z = bench.operands({2, N, 3 * D + 8}), wide_a = bench.operands({2, N, D + 8});
      const Both z = wide_z.narrow(2, 0, 3 * D), a = wide_a.narrow(2, 0, D), log_sum = bench.master({2, N, H});
      bench.ours->attention(z.gpu, T, K, a.gpu, log_sum.gpu);
      bench.theirs.attention(z.cpu, T, K, a.cpu, log_sum.cpu);
      CHECK(wide_a.error() < bench.tolerance());
      CHECK(log_sum.error() < bench.tolerance());
      const Both da = bench.operands({2, N, D + 8}).narrow(2, 0, D), wide_dz = bench.operands({2, N, 3 * D + 8}),
                 dz = wide_dz.narrow(2, 0, 3 * D);
      bench.ours->attention_gradient(z.gpu, T, K, a.gpu, log_sum.gpu, da.gpu, dz.gpu);
      bench.theirs.attention_gradient(z.cpu, T, K, a.cpu, log_sum.cpu, da.cpu, dz.cpu);
      CHECK(wide_dz.error() < 2 * bench.tolerance());
    }
  });
}

TEST_CASE("cuda kernels: the gradient's norm, and AdamW for active and finite seeds only", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t P : {1, 1000, 70'001}) {
      const Both gradient = bench.master({4, P}), norm = bench.doubles({4});
      bench.ours->gradient_norm(gradient.gpu, norm.gpu);
      bench.theirs.gradient_norm(gradient.cpu, norm.cpu);
      CHECK(norm.error() < 1e-12);

      const Both weights = bench.master({4, P}), first = bench.master({4, P}), second = bench.master({4, P}),
                 rates = bench.doubles({3});
      const Both active = {torch::tensor({1, 0, 1, 1}, torch::kUInt8).to(norm.gpu.device()),
                           torch::tensor({1, 0, 1, 1}, torch::kUInt8)};
      second.gpu.abs_();
      second.cpu.abs_();
      norm.gpu[2].fill_(NAN);
      norm.cpu[2].fill_(NAN);
      rates.gpu.abs_();
      rates.cpu.abs_();
      const auto state = [&](auto of) {
        return AdamWState{of(weights), of(gradient), of(first), of(second),
                          of(norm),    of(active),   of(rates), {{0, P / 2, 0.1}, {P / 2, P - P / 2, 0}},
                          1.5};
      };
      bench.ours->adamw(state([](const Both& both) { return both.gpu; }));
      bench.theirs.adamw(state([](const Both& both) { return both.cpu; }));
      CHECK(weights.error() < 1e-5);
      CHECK(first.error() < 1e-6);
      CHECK(second.error() < 1e-6);
    }
  });
}

TEST_CASE("cuda kernels: a seed's bits do not depend on how many seeds there are", "[cuda]") {
  on_gpu([](Bench& bench) {
    const std::int64_t T = 32, K = 16, D = 2 * K, N = 4 * T, V = 9;
    const Tensor z = bench.operands({3, N, 3 * D}).gpu, da = bench.operands({3, N, D}).gpu,
                 dx = bench.master({3, N, D}).gpu,
                 tokens = torch::arange(3 * N, z.device()).remainder(V).to(torch::kInt32).view({3, N});
    const auto outcome = [&](std::int64_t first, std::int64_t S) {
      const auto part = [&](const Tensor& whole) { return whole.narrow(0, first, S).contiguous(); };
      const Tensor a = torch::zeros_like(part(da)), dz = torch::zeros_like(part(z)),
                   d_table = part(dx).narrow(1, 0, V).clone(), log_sum = torch::zeros({S, N, 2}, dx.options()),
                   norm = torch::zeros({S}, dx.options().dtype(torch::kFloat64));
      bench.ours->attention(part(z), T, K, a, log_sum);
      bench.ours->attention_gradient(part(z), T, K, a, log_sum, part(da), dz);
      bench.ours->embed_gradient(part(tokens), part(dx), d_table, /*add=*/false);
      bench.ours->gradient_norm(part(dx).view({S, -1}), norm);
      return std::vector<Tensor>{a, dz, d_table, norm};
    };
    const std::vector<Tensor> together = outcome(0, 3), alone = outcome(2, 1);
    for (std::size_t i = 0; i < alone.size(); ++i) CHECK(together[i].narrow(0, 2, 1).equal(alone[i]));
  });
}
