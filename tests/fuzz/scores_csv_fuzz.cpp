// A CSV of scores made elsewhere. What is accepted can be analysed.

#include <string>

#include "fuzz/fuzz.h"
#include "seedscape/analysis/analyze.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seedscape;
  return refuse_or_read(data, size, [](std::string_view text) {
    const CsvColumns columns{.axis = "a", .seed = "s", .value = "v", .metric = "m", .length = 6};
    analyze(read_scores_csv(std::string(text), "fuzz", columns, {.bins = 3, .resamples = 2}));
  });
}
