#include "device_limits.h"

#include <algorithm>

#include "engine.h"
#include "seedscape/train/memory.h"

namespace seedscape {

namespace {

std::string gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GB", bytes / 1e9);
  return text;
}

}  // namespace

Error out_of_memory(const TrainerSetup& setup, const std::optional<Card>& card) {
  const std::int64_t S = std::max(setup.population, static_cast<std::int64_t>(setup.seeds.size()));
  std::string text = setup.device + " is out of memory: " + std::to_string(S) + " seeds of this cell want about " +
                     gigabytes(step_memory(setup.shape, setup.model, setup.train, S).total());
  if (card) {
    const std::int64_t most = most_seeds(setup.shape, setup.model, setup.train, *card);
    text +=
        ", the card (" + card->name + ") has " + gigabytes(static_cast<double>(card->memory_bytes)) + "; " +
        (most > 0 ? "at most " + std::to_string(most) + " fit: --population " + std::to_string(most) : "not one fits");
  }
  return {ErrorKind::resources, text};
}

Error out_of_memory(const TrainerSetup& setup) { return out_of_memory(setup, find_gpu(setup.device)); }

}  // namespace seedscape
