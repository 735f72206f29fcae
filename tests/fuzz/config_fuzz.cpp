// Config text, YAML or JSON. What is accepted means the same when it is written out and read again.

#include <cstdlib>

#include "fuzz/fuzz.h"
#include "seedscape/config/load.h"
#include "seedscape/sweep/cost.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seedscape;
  return refuse_or_read(data, size, [](std::string_view text) {
    const SweepConfig config = parse_config(text, "fuzz", {}, cell_problems).config;
    if (!(parse_config(to_json(config).dump(), "again").config == config)) std::abort();
  });
}
