// plan.json. What is accepted is written the same again.

#include <cstdlib>

#include "fuzz/fuzz.h"
#include "seedscape/store/plan_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seedscape;
  return refuse_or_read(data, size, [](std::string_view text) {
    const Plan plan = parse_plan(text);
    if (plan_text(parse_plan(plan_text(plan))) != plan_text(plan)) std::abort();
  });
}
