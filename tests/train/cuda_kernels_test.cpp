// The operations of a step on a GPU, by our own kernels and by LibTorch's, against LibTorch's on the CPU in double
// precision, on the same numbers.

#include <cmath>

#include "gpu.h"
#include "train/fused/aten_kernels.h"

using namespace seedscape;

namespace {

using torch::Tensor;

/// One tensor twice: as the GPU has it, and the same numbers in double on the CPU. Stretches of wider buffers, in which
/// nothing else may change.
struct Both {
  Tensor gpu, cpu;
  Tensor whole_gpu = gpu, whole_cpu = cpu;

  /// The difference of the whole buffers beside what stands in them.
  double error() const { return finite((on_cpu(whole_gpu) - whole_cpu).norm() / (whole_cpu.norm() + 1e-30)); }
  /// For sums that may cancel: the largest difference beside the sum of the terms' magnitudes.
  double error_of_sum(const Tensor& magnitudes) const { return finite(((on_cpu(gpu) - cpu).abs() / magnitudes).max()); }

 private:
  static Tensor on_cpu(const Tensor& tensor) { return tensor.to(torch::kCPU, torch::kFloat64); }
  static double finite(const Tensor& error) { return error.isfinite().item<bool>() ? error.item<double>() : INFINITY; }
};

class Bench {
 public:
  Bench(std::unique_ptr<Kernels> kernels, torch::Device device, torch::Dtype operand_type)
      : tested(std::move(kernels)), operand_type_(operand_type), device_(device) {}

  // [S, N, C] buffers with gaps between rows and between seeds.
  Both operands(const std::vector<std::int64_t>& sizes) { return stretch(sizes, operand_type_); }
  Both master(const std::vector<std::int64_t>& sizes) { return stretch(sizes, torch::kFloat32); }
  /// Vectors [S, C] with gaps between seeds.
  Both vectors(std::int64_t S, std::int64_t C) { return stretch({S, C}, torch::kFloat32); }

  // Buffers without gaps.
  Both numbers(const std::vector<std::int64_t>& sizes) { return make(sizes, torch::kFloat32); }
  Both doubles(const std::vector<std::int64_t>& sizes) { return make(sizes, torch::kFloat64); }
  Both of(const Tensor& values, torch::Dtype type) const {
    const Tensor gpu = values.to(device_, type, /*non_blocking=*/false, /*copy=*/true);
    return {gpu, gpu.to(torch::kCPU, type == torch::kFloat32 || type == torch::kBFloat16 ? torch::kFloat64 : type,
                        /*non_blocking=*/false, /*copy=*/true)};
  }

  double tolerance() const { return operand_type_ == torch::kBFloat16 ? 1e-2 : 1e-5; }

  std::unique_ptr<Kernels> tested;
  AtenKernels oracle;

 private:
  /// Numbers between -2 and 2 without a pattern that a kernel could meet by chance.
  Both make(const std::vector<std::int64_t>& sizes, torch::Dtype type) {
    std::int64_t count = 1;
    for (const std::int64_t size : sizes) count *= size;
    const Tensor numbers = torch::sin(torch::arange(count, torch::kFloat64) * 12.9898 + ++made_ * 78.233) * 2;
    return of(numbers.view(sizes), type);
  }

  Both stretch(std::vector<std::int64_t> sizes, torch::Dtype type) {
    constexpr std::int64_t kBefore = 2, kAfter = 3;
    const std::int64_t C = sizes.back();
    sizes.back() = kBefore + C + kAfter;
    const Both whole = make(sizes, type);
    return {whole.gpu.narrow(-1, kBefore, C), whole.cpu.narrow(-1, kBefore, C), whole.gpu, whole.cpu};
  }

  torch::Dtype operand_type_;
  torch::Device device_;
  double made_ = 0;
};

/// Runs `test` with fp32 and with bf16 operands where there is a GPU, on our kernels and on LibTorch's.
template <class Test>
void on_gpu(const Test& test) {
  const std::optional<torch::Device> device = find_test_gpu();
  if (!device) return;
  for (const torch::Dtype type : {torch::kFloat32, torch::kBFloat16}) {
    for (const bool own : {true, false}) {
      INFO((own ? "our kernels" : "LibTorch's kernels") << ", operands " << type);
      std::unique_ptr<Kernels> kernels = std::make_unique<AtenKernels>();
      if (own) kernels = make_own_kernels(*device);
      Bench bench(std::move(kernels), *device, type);
      test(bench);
    }
  }
}

// Sizes here and below lie beside those of warps, and often one beyond what whole blocks hold.
constexpr std::int64_t kWidths[] = {1, 7, 27, 31, 32, 33, 64, 133};

}  // namespace

TEST_CASE("cuda kernels: layer norm and its gradient", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t D : kWidths) {
      for (const bool add : {false, true}) {
        INFO("width " << D << ", add " << add);
        const Both x = bench.master({3, 17, D}), normal = bench.operands({3, 17, D}), inverse = bench.numbers({3, 17});
        bench.tested->normalize(x.gpu, normal.gpu, inverse.gpu);
        bench.oracle.normalize(x.cpu, normal.cpu, inverse.cpu);
        CHECK(normal.error() < bench.tolerance());
        CHECK(inverse.error() < 1e-4);
        const Both given = bench.operands({3, 17, D}), scale = bench.numbers({3, 17}), d = bench.operands({3, 17, D}),
                   dx = bench.master({3, 17, D}), copy = bench.operands({3, 17, D});
        bench.tested->normalize_gradient(given.gpu, scale.gpu, d.gpu, dx.gpu, copy.gpu, add);
        bench.oracle.normalize_gradient(given.cpu, scale.cpu, d.cpu, dx.cpu, copy.cpu, add);
        CHECK(dx.error() < 1e-5);
        CHECK(copy.error() < bench.tolerance());
      }
    }
  });
}

TEST_CASE("cuda kernels: rotation of every head's q and k", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const auto& [T, H, K, half] : {std::tuple{43, 1, 4, 1}, {7, 3, 8, 2}, {256, 2, 64, 8}}) {
      for (const bool backwards : {false, true}) {
        const Both z = bench.operands({2, 3 * T, 3 * H * K}), angles = bench.numbers({T, half});
        const Both cosine{angles.gpu.cos(), angles.cpu.cos()}, sine{angles.gpu.sin(), angles.cpu.sin()};
        bench.tested->rotate(z.gpu, cosine.gpu, sine.gpu, K, backwards);
        bench.oracle.rotate(z.cpu, cosine.cpu, sine.cpu, K, backwards);
        CHECK(z.error() < bench.tolerance());
      }
    }
  });
}

TEST_CASE("cuda kernels: GELU and its gradient", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t F : kWidths) {
      const Both z = bench.operands({3, 19, F}), a = bench.operands({3, 19, F}), da = bench.operands({3, 19, F}),
                 dz = bench.operands({3, 19, F});
      bench.tested->gelu(z.gpu, a.gpu);
      bench.oracle.gelu(z.cpu, a.cpu);
      CHECK(z.error() < bench.tolerance());
      CHECK(a.error() < bench.tolerance());
      bench.tested->gelu_gradient(z.gpu, da.gpu, dz.gpu);
      bench.oracle.gelu_gradient(z.cpu, da.cpu, dz.cpu);
      CHECK(dz.error() < bench.tolerance());
    }
  });
}

TEST_CASE("cuda kernels: cross entropy and its gradient, a chunk of rows within a batch", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t V : {1, 5, 33, 154}) {
      const Both logits = bench.master({3, 25, V}), weight = bench.doubles({3}), loss = bench.doubles({3});
      const Both all = bench.of(torch::arange(3 * 40).remainder(V + 1).sub(1).view({3, 40}),
                                torch::kInt32);  // -1: not counted
      bench.tested->cross_entropy(logits.gpu, all.gpu.narrow(1, 10, 25), weight.gpu, loss.gpu);
      bench.oracle.cross_entropy(logits.cpu, all.cpu.narrow(1, 10, 25), weight.cpu, loss.cpu);
      CHECK(logits.error() < 1e-5);
      CHECK(loss.error() < 1e-6);
    }
  });
}

TEST_CASE("cuda kernels: the embedding and its gradient, a chunk of rows within a batch", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t D : kWidths) {
      for (const bool add : {false, true}) {
        const std::int64_t V = 11, N = 77;
        const Both table = bench.master({3, V, D}), x = bench.master({3, N, D}), d_table = bench.master({3, V, D});
        const Both all = bench.of(torch::arange(3 * 90).square().remainder(V - 1).view({3, 90}), torch::kInt32);
        const Both tokens{all.gpu.narrow(1, 6, N), all.cpu.narrow(1, 6, N)};
        bench.tested->embed(tokens.gpu, table.gpu, x.gpu);
        bench.oracle.embed(tokens.cpu, table.cpu, x.cpu);
        CHECK(x.error() == 0);
        const Both dx = bench.master({3, N, D});
        bench.tested->embed_gradient(tokens.gpu, dx.gpu, d_table.gpu, add);
        bench.oracle.embed_gradient(tokens.cpu, dx.cpu, d_table.cpu, add);
        CHECK(d_table.error() < 1e-5);
      }
    }
  });
}

TEST_CASE("cuda kernels: products with bias and their gradients", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const auto& [N, in, out] : {std::tuple{57, 3, 9}, {64, 64, 192}, {100, 17, 33}}) {
      for (const bool add : {false, true}) {
        INFO(N << " rows, " << in << " to " << out << ", add " << add);
        const Both x = bench.operands({2, N, in}), weight = bench.operands({2, out, in}), bias = bench.vectors(2, out);
        const Linear gpu{weight.gpu, {}, bias.gpu}, cpu{weight.cpu, {}, bias.cpu};
        const Both sum = bench.master({2, N, out});
        bench.tested->linear(x.gpu, gpu, sum.gpu, add);
        bench.oracle.linear(x.cpu, cpu, sum.cpu, add);
        CHECK(sum.error() < 1e-4);  // summed and written in fp32, whatever the operands
        const Both y = bench.operands({2, N, out});
        bench.tested->linear(x.gpu, gpu, y.gpu, /*add=*/false);
        bench.oracle.linear(x.cpu, cpu, y.cpu, /*add=*/false);
        CHECK(y.error() < bench.tolerance());

        const Both dy = bench.operands({2, N, out}), dx = bench.operands({2, N, in}),
                   d_weight = bench.master({2, out, in}), d_bias = bench.vectors(2, out);
        bench.tested->linear_input_gradient(dy.gpu, gpu, dx.gpu);
        bench.oracle.linear_input_gradient(dy.cpu, cpu, dx.cpu);
        CHECK(dx.error() < bench.tolerance());
        const Tensor magnitudes = dy.cpu.abs().sum(1) + d_bias.cpu.abs();
        bench.tested->linear_weight_gradient(dy.gpu, x.gpu, {d_weight.gpu, {}, d_bias.gpu}, add);
        bench.oracle.linear_weight_gradient(dy.cpu, x.cpu, {d_weight.cpu, {}, d_bias.cpu}, add);
        CHECK(d_weight.error() < 1e-4);
        CHECK(d_bias.error_of_sum(magnitudes) < 1e-6);
      }
    }
  });
}

TEST_CASE("cuda kernels: a layer norm moves into part of a folded layer, and gradients come back", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const bool has_norm : {true, false}) {
      const std::int64_t in = 33, out = 49, P = out * in + out + 2 * in;
      const Both flat = bench.numbers({3, P}), d_flat = bench.numbers({3, P});
      const auto parameters = [&](const Tensor& whole) {
        return LinearParameters{.weight = whole.narrow(1, 0, out * in).view({3, out, in}),
                                .bias = whole.narrow(1, out * in, out),
                                .scale = has_norm ? whole.narrow(1, out * in + out, in) : Tensor(),
                                .shift = has_norm ? whole.narrow(1, out * in + out + in, in) : Tensor()};
      };
      const Both whole = bench.operands({3, out + 9, in}), bias = bench.vectors(3, out + 9);
      const auto place = [&](const Tensor& wide, const Tensor& biases) {
        return Linear{wide.narrow(1, 5, out), {}, biases.narrow(1, 5, out)};
      };
      bench.tested->fold(parameters(flat.gpu), place(whole.gpu, bias.gpu));
      bench.oracle.fold(parameters(flat.cpu), place(whole.cpu, bias.cpu));
      CHECK(whole.error() < bench.tolerance());
      CHECK(bias.error() < 1e-5);
      const Both d_whole = bench.master({3, out + 9, in}), d_bias = bench.vectors(3, out + 9);
      bench.tested->unfold(parameters(flat.gpu), place(d_whole.gpu, d_bias.gpu), parameters(d_flat.gpu));
      bench.oracle.unfold(parameters(flat.cpu), place(d_whole.cpu, d_bias.cpu), parameters(d_flat.cpu));
      CHECK(d_flat.error() < 1e-5);
    }
  });
}

TEST_CASE("cuda kernels: attention and its gradient, within shared memory and beyond", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const auto& [T, H, K] : {std::tuple{1, 1, 16}, {33, 3, 16}, {255, 2, 64}, {64, 1, 128}, {500, 1, 128}}) {
      INFO("T " << T << ", H " << H << ", K " << K);
      const std::int64_t N = 3 * T, D = H * K;
      const Both z = bench.operands({2, N, 3 * D}), a = bench.operands({2, N, D}), log_sum = bench.numbers({2, N, H});
      z.gpu.mul_(0.5);  // scores as a training has them; exact in every type
      z.cpu.mul_(0.5);
      bench.tested->attention(z.gpu, T, K, a.gpu, log_sum.gpu);
      bench.oracle.attention(z.cpu, T, K, a.cpu, log_sum.cpu);
      CHECK(a.error() < bench.tolerance());
      CHECK(log_sum.error() < 1e-5);  // in fp32, whatever the operands
      const Both da = bench.operands({2, N, D}), dz = bench.operands({2, N, 3 * D});
      bench.tested->attention_gradient(z.gpu, T, K, a.gpu, log_sum.gpu, da.gpu, dz.gpu);
      bench.oracle.attention_gradient(z.cpu, T, K, a.cpu, log_sum.cpu, da.cpu, dz.cpu);
      CHECK(dz.error() < bench.tolerance());
    }
  });
}

TEST_CASE("cuda kernels: the gradient's norm, and AdamW for active and finite seeds only", "[cuda]") {
  on_gpu([](Bench& bench) {
    for (const std::int64_t P : {1, 1026, 65'537}) {
      const Both gradient = bench.numbers({4, P}), norm = bench.doubles({4});
      bench.tested->gradient_norm(gradient.gpu, norm.gpu);
      bench.oracle.gradient_norm(gradient.cpu, norm.cpu);
      CHECK(norm.error() < 1e-9);

      const Both weights = bench.numbers({4, P}), first = bench.numbers({4, P}), second = bench.numbers({4, P}),
                 rates = bench.doubles({3}), active = bench.of(torch::tensor({1, 0, 1, 1}), torch::kUInt8);
      const auto state = [&](const auto& of) {
        of(second).abs_();
        of(norm)[2].fill_(NAN);
        of(rates).abs_();
        return AdamWState{of(weights), of(gradient), of(first), of(second),
                          of(norm),    of(active),   of(rates), {{0, P / 2, 0.1}, {P / 2, P - P / 2, 0}},
                          1.5};
      };
      bench.tested->adamw(state([](const Both& both) { return both.gpu; }));
      bench.oracle.adamw(state([](const Both& both) { return both.cpu; }));
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
                 dx = bench.numbers({3, N, D}).gpu,
                 tokens = torch::arange(3 * N, z.device()).remainder(V).to(torch::kInt32).view({3, N});
    const auto outcome = [&](std::int64_t first, std::int64_t S) {
      const auto part = [&](const Tensor& whole) { return whole.narrow(0, first, S).contiguous(); };
      const Tensor a = torch::zeros_like(part(da)), dz = torch::zeros_like(part(z)),
                   d_table = part(dx).narrow(1, 0, V).clone(), log_sum = torch::zeros({S, N, 2}, dx.options()),
                   norm = torch::zeros({S}, dx.options().dtype(torch::kFloat64));
      bench.tested->attention(part(z), T, K, a, log_sum);
      bench.tested->attention_gradient(part(z), T, K, a, log_sum, part(da), dz);
      bench.tested->embed_gradient(part(tokens), part(dx), d_table, /*add=*/false);
      bench.tested->gradient_norm(part(dx).view({S, -1}), norm);
      return std::vector<Tensor>{a, dz, d_table, norm};
    };
    const std::vector<Tensor> together = outcome(0, 3), alone = outcome(2, 1);
    for (std::size_t i = 0; i < alone.size(); ++i) CHECK(together[i].narrow(0, 2, 1).equal(alone[i]));
  });
}
