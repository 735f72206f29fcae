#include "seedscape/train/devices.h"

#include "seedscape/base/error.h"
#include "support/test.h"

using namespace seedscape;

namespace {

using Names = std::vector<std::string>;

/// The kind and the message of what is thrown.
std::pair<ErrorKind, std::string> refusal(const std::string& asked, std::size_t gpus) {
  try {
    resolve_devices(asked, gpus);
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {ErrorKind::internal, "accepted"};
}

}  // namespace

TEST_CASE("devices: auto is every GPU, and the CPU on a machine without", "[train]") {
  CHECK(resolve_devices("auto", 0) == Names{"cpu"});
  CHECK(resolve_devices("auto", 3) == Names{"cuda:0", "cuda:1", "cuda:2"});
}

TEST_CASE("devices: cpu is the CPU also beside GPUs, cuda is every GPU", "[train]") {
  CHECK(resolve_devices("cpu", 2) == Names{"cpu"});
  CHECK(resolve_devices("cuda", 2) == Names{"cuda:0", "cuda:1"});
}

TEST_CASE("devices: numbers pick GPUs, in their order", "[train]") {
  CHECK(resolve_devices("cuda:11", 12) == Names{"cuda:11"});
  CHECK(resolve_devices("cuda:2,0", 3) == Names{"cuda:2", "cuda:0"});
}

TEST_CASE("devices: one that is not there is refused with those that are", "[train]") {
  const auto missing = [](const std::string& text) {
    return std::pair(ErrorKind::resources, "no such device: " + text);
  };
  CHECK(refusal("cuda", 0) == missing("cuda (this machine has: cpu)"));
  CHECK(refusal("cuda:0", 0) == missing("cuda:0 (this machine has: cpu)"));
  CHECK(refusal("cuda:0,2", 2) == missing("cuda:2 (this machine has: cpu, cuda:0, cuda:1)"));
  CHECK(refusal("cuda:0,", 1) == missing("cuda: (this machine has: cpu, cuda:0)"));
  CHECK(refusal("cuda:00", 1) == missing("cuda:00 (this machine has: cpu, cuda:0)"));
  CHECK(refusal("gpu", 1) == missing("gpu (this machine has: cpu, cuda:0)"));
  CHECK(refusal("", 1) == missing(" (this machine has: cpu, cuda:0)"));
}

TEST_CASE("devices: where there are no GPUs, the refusal says why") {
  CHECK_THROWS_WITH(resolve_devices("cuda", 0, "no driver"),
                    "no such device: cuda (this machine has: cpu; no GPU: no driver)");
  CHECK_THROWS_WITH(resolve_devices("cuda:7", 1, ""), "no such device: cuda:7 (this machine has: cpu, cuda:0)");
}

TEST_CASE("devices: a GPU that is named twice is refused, it has one worker", "[train]") {
  CHECK(refusal("cuda:1,0,1", 2) ==
        std::pair<ErrorKind, std::string>(ErrorKind::usage, "--device cuda:1,0,1 names cuda:1 twice"));
}
