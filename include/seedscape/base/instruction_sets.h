#pragma once
// Which instruction sets code with vectors is compiled for, and which of them it uses. Include it before Highway.

#include <cstdint>

#include <hwy/detect_targets.h>

// AVX-512, AVX2 with FMA, NEON, and plain C++ for the rest: an x86 machine without AVX2 is older than 2013. Vectors of
// SVE cannot be members or elements.
#ifdef HWY_NEON_WITHOUT_AES
#define SEEDSCAPE_NEON (HWY_NEON | HWY_NEON_WITHOUT_AES)
#else
#define SEEDSCAPE_NEON HWY_NEON
#endif
#ifdef HWY_EMU128
#define SEEDSCAPE_PLAIN (HWY_EMU128 | HWY_SCALAR)
#else
#define SEEDSCAPE_PLAIN HWY_SCALAR
#endif
#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (~(HWY_AVX3 | HWY_AVX2 | SEEDSCAPE_NEON | SEEDSCAPE_PLAIN))
#include <hwy/targets.h>

namespace seedscape {

/// Dispatch goes to the best of `targets` (HWY_AVX2 | ..) from now on; 0: of all that the machine has.
inline void choose_instruction_sets(std::int64_t targets) {
  const auto update = [](auto& chosen) {
    if constexpr (requires { chosen.Update(hwy::SupportedTargets()); }) {
      chosen.Update(hwy::SupportedTargets());
    } else {
      chosen.Update();  // Highway 0.16
    }
  };
  hwy::SetSupportedTargetsForTest(static_cast<decltype(hwy::SupportedTargets())>(targets));
  if (targets == 0) {
    hwy::GetChosenTarget().DeInit();
  } else {
    update(hwy::GetChosenTarget());
  }
}

}  // namespace seedscape
