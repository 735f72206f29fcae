#pragma once
// What the fuzz targets share: bytes from libFuzzer, of which only an Error may come.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "seedscape/base/error.h"

namespace seedscape {

/// Runs `read` on the bytes. A refusal is what most of them deserve; anything else that leaves it ends the fuzzer.
template <class Read>
int refuse_or_read(const std::uint8_t* data, std::size_t size, Read&& read) {
  try {
    read(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const Error& refusal) {
    if (refusal.kind() == ErrorKind::internal) throw;
  }
  return 0;
}

}  // namespace seedscape
