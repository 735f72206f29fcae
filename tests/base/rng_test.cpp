#include "seedscape/base/rng.h"

#include <cmath>
#include <set>
#include <vector>

#include "support/test.h"

using namespace seedscape;

TEST_CASE("rng: Philox4x32-10 gives the known answers of Random123", "[base]") {
  // Counter, key and result of kat_vectors in Random123 1.14 (philox4x32 10).
  CHECK(philox(0, {0, 0, 0, 0}) == PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox(0xffffffffffffffff, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}) ==
        PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}) ==
        PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("rng: draws run through the blocks whose counter is (purpose, step, row, draw / 4)", "[base]") {
  Rng rng(42, Purpose::training_data, 7, 9);
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (const std::uint32_t word : philox(42, {2, 7, 9, block})) CHECK(rng.bits() == word);
  }
}

TEST_CASE("rng: seeds that differ only in their upper half give other draws", "[base]") {
  const std::uint64_t seed = 17;
  CHECK(Rng(seed, Purpose::training_data, 0, 0).bits() !=
        Rng(seed + (1ULL << 32), Purpose::training_data, 0, 0).bits());
}

TEST_CASE("rng: ten thousand seeds have distinct first blocks", "[base]") {
  std::set<PhiloxBlock> blocks;
  for (std::uint64_t seed = 0; seed < 10000; ++seed) blocks.insert(philox(seed, {1, 0, 0, 0}));
  CHECK(blocks.size() == 10000);
}

TEST_CASE("rng: every coordinate of a stream matters", "[base]") {
  const auto first = [](Purpose purpose, std::uint32_t step, std::uint32_t row) {
    return Rng(5, purpose, step, row).bits();
  };
  const std::set<std::uint32_t> draws{first(Purpose::training_data, 0, 0), first(Purpose::evaluation_data, 0, 0),
                                      first(Purpose::training_data, 1, 0), first(Purpose::training_data, 0, 1)};
  CHECK(draws.size() == 4);
}

TEST_CASE("rng: neighbouring seeds are uncorrelated", "[base]") {
  constexpr int n = 4000;
  Rng a(100, Purpose::training_data, 0, 0), b(101, Purpose::training_data, 0, 0);
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += a.normal() * b.normal();
  CHECK(std::abs(sum / n) < 4 / std::sqrt(n));
}

TEST_CASE("rng: below(n) takes the upper bits, so n values are hit evenly and n itself never", "[base]") {
  Rng rng(1, Purpose::training_data, 0, 0);
  std::vector<int> counts(7);
  constexpr int n = 70000;
  for (int i = 0; i < n; ++i) ++counts.at(rng.below(7));
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - n / 7.0) * (count - n / 7.0) / (n / 7.0);
  CHECK(chi_square < 22.5);  // 6 degrees of freedom, p = 0.001
  CHECK(Rng(1, Purpose::training_data, 0, 0).below(1) == 0);
  CHECK(Rng(1, Purpose::training_data, 0, 0).below(1ULL << 32) == Rng(1, Purpose::training_data, 0, 0).bits());
}

TEST_CASE("rng: between(low, high) reaches both ends and nothing beyond", "[base]") {
  Rng rng(3, Purpose::training_data, 0, 0);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(rng.between(-2, 1));
  CHECK(seen == std::set<std::int64_t>{-2, -1, 0, 1});
}

TEST_CASE("rng: normal_quantile agrees with SciPy's norm.ppf to 2e-15", "[base]") {
  // scipy.stats.norm.ppf, SciPy 1.15: centre, both tails, and the ends of the 32-bit grid.
  const std::vector<std::pair<double, double>> known{
      {0.5, 0.0},
      {0.6, 0.2533471031357997},
      {0.925, 1.4395314709384563},
      {0.975, 1.959963984540054},
      {1e-3, -3.090232306167813},
      {0.25 / 4294967296.0, -6.4439345265385635},
      {0.5 / 4294967296.0, -6.3379577545537895},
  };
  for (const auto& [p, x] : known) CHECK(normal_quantile(p) == Approx(x).epsilon(2e-15).margin(1e-16));
  CHECK(normal_quantile(1 - 0x1p-33) == Approx(6.3379577545537895).epsilon(1e-9));
}

TEST_CASE("rng: normal draws are standard normal", "[base]") {
  Rng rng(11, Purpose::initial_weights, 0, 0);
  constexpr int n = 100000;
  double sum = 0, squares = 0, fourths = 0;
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  CHECK(sum / n == Approx(0).margin(4 / std::sqrt(n)));
  CHECK(squares / n == Approx(1).margin(4 * std::sqrt(2.0 / n)));
  CHECK(fourths / n == Approx(3).margin(4 * std::sqrt(96.0 / n)));
}
