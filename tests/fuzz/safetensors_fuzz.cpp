// Weights: the file as it is, and as a header whose length in front is right.

#include <cstdlib>
#include <cstring>
#include <string>

#include "fuzz/fuzz.h"
#include "seedscape/base/safetensors.h"

namespace {

using namespace seedscape;

/// What is accepted tiles its data.
void read(std::string_view bytes) {
  const TensorFile file = parse_safetensors(bytes);
  std::int64_t next = 0;
  for (const StoredTensor& tensor : file.tensors) {
    if (tensor.offset != next || tensor.size < 0) std::abort();
    next += tensor.size;
  }
  if (static_cast<std::size_t>(next) != file.data.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  refuse_or_read(data, size, read);
  return refuse_or_read(data, size, [](std::string_view bytes) {
    const std::size_t brace = bytes.rfind('}');  // the header ends there, data follow
    const std::uint64_t length = brace == std::string_view::npos ? 0 : brace + 1;
    std::string file(sizeof length, '\0');
    std::memcpy(file.data(), &length, sizeof length);
    read(file.append(bytes));
  });
}
