// The shared object of the GPU's half, where there need not be a GPU.

#include "gpu.h"
#include "seedscape/base/error.h"
#include "train/fused/engine.h"

using namespace seedscape;

namespace {

/// Null where the NVIDIA libraries that it asks for are not there (torch for CPUs only), and then says so.
const CudaLibrary* open_library() {
  try {
    return find_cuda_library();
  } catch (const Error& error) {
    WARN("skipped: no GPU libraries: " << error.what());
    return nullptr;
  }
}

}  // namespace

TEST_CASE("cuda library: it opens and finds what it takes from the training library", "[cuda]") {
  const CudaLibrary* const library = open_library();
  if (library == nullptr) return;
  CHECK(library == find_cuda_library());
}

TEST_CASE("cuda library: a card has a name and memory", "[cuda]") {
  const std::optional<torch::Device> device = find_test_gpu();
  if (!device) return;
  const std::optional<Card> card = find_gpu("cuda:0");
  REQUIRE(card);
  CHECK(!card->name.empty());
  CHECK(card->memory_bytes > 1'000'000'000);
  CHECK(!find_gpu("cpu"));
}
