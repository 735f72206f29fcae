// The shared object of the GPU's half where there need not be a GPU: that it opens, and what it uses.

#include "gpu.h"
#include "seedscape/base/error.h"
#include "train/fused/aten_kernels.h"
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

TEST_CASE("cuda library: kernels that were never tried on a GPU are used only when asked for", "[cuda]") {
  const CudaLibrary* const library = open_library();
  if (library == nullptr) return;
  // On CPU tensors LibTorch's operations work and ours would not.
  for (const KernelChoice choice : {KernelChoice::tried, KernelChoice::aten}) {
    const std::unique_ptr<Kernels> kernels = library->make_kernels(choice, torch::Device("cuda:0"));
    const torch::Tensor x = torch::linspace(-3, 3, 12).view({1, 3, 4});
    const torch::Tensor z = x.clone(), a = torch::empty_like(x), wanted_z = x.clone(), wanted_a = torch::empty_like(x);
    kernels->gelu(z, a);
    AtenKernels().gelu(wanted_z, wanted_a);
    CHECK(a.equal(wanted_a));
    CHECK(z.equal(wanted_z));
    const torch::Tensor qkv = torch::linspace(-1, 1, 24).view({1, 2, 12}), log_sum = torch::empty({1, 2, 1}),
                        out = torch::empty({1, 2, 4}), wanted = torch::empty({1, 2, 4});
    kernels->attention(qkv, 2, 4, out, log_sum);
    AtenKernels().attention(qkv, 2, 4, wanted, log_sum);
    CHECK(out.equal(wanted));
  }
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
