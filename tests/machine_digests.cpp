// Prints what must be the same on every machine, as digests: random words, initial weights, training and test data of
// the configs given. scripts/check-aarch64 compares the output of two machines.

#include <cstdio>
#include <exception>
#include <limits>
#include <string>
#include <string_view>

#include "seedscape/base/hash.h"
#include "seedscape/base/random_words.h"
#include "seedscape/config/load.h"
#include "seedscape/eval/eval_set.h"
#include "seedscape/model/init.h"
#include "seedscape/tasks/batch.h"

using namespace seedscape;

namespace {

constexpr std::uint64_t kSeeds[] = {0, 1, 77, std::numeric_limits<std::uint64_t>::max()};

template <class T>
std::string_view bytes(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

void print(const std::string& what, std::uint64_t seed, const std::string& digest) {
  std::printf("%s, seed %llu: %s\n", what.c_str(), static_cast<unsigned long long>(seed), digest.c_str());
}

void print_words() {
  std::vector<std::uint32_t> words(100'003);
  for (const std::uint64_t first : {0, 1, 2, 3, 5}) {
    random_words(42, Purpose::initial_weights, 7, 3, first, words);
    print("random words from " + std::to_string(first), 42, sha256_hex(bytes(words)));
  }
}

void print_weights() {
  for (const std::int64_t D : {32, 48, 64, 128, 256}) {
    for (const std::int64_t L : {1, 2, 4}) {
      const ParameterLayout layout({.V = 44, .D = D, .L = L, .H = 2, .K = D / 2, .F = 4 * D, .R = 4});
      for (const std::uint64_t seed : kSeeds) {
        print("weights of width " + std::to_string(D) + ", depth " + std::to_string(L), seed,
              sha256_hex(std::span<const float>(initial_weights(layout, seed))));
      }
    }
  }
}

void print_data(const std::string& file) {
  const SweepConfig config = load_config(file).config;
  const Cell cell = expand_cells(config).front();
  const std::unique_ptr<Task> task = make_task(cell.task);
  for (const std::uint64_t seed : kSeeds) {
    for (const std::int64_t step : {std::int64_t{0}, cell.train.steps - 1}) {
      const Batch batch = training_batch(*task, cell.task, cell.train, seed, step);
      print(config.name + ", batch of step " + std::to_string(step), seed,
            sha256_hex(std::string(bytes(batch.tokens)) += bytes(batch.loss_mask)));
    }
    const EvalBatch batch = eval_batch(*task, config.eval, config.analysis.length, seed, 0, 4);
    print(config.name + ", test data", seed, sha256_hex(std::string(bytes(batch.tokens)) += bytes(batch.compare)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    print_words();
    print_weights();
    for (int i = 1; i < argc; ++i) print_data(argv[i]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
