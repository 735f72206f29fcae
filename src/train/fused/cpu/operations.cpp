#include "operations.h"

#include <algorithm>

#include "seedscape/base/instruction_sets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "train/fused/cpu/operations.cpp"
#include <hwy/foreach_target.h>  // includes this file once for each
#include <hwy/highway.h>

#include "attention-inl.h"
#include "parameters-inl.h"
#include "product-inl.h"
#include "rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace seedscape::HWY_NAMESPACE {

const Operations* all_operations() {
  static const Operations set{.instruction_set = hwy::TargetName(HWY_TARGET),
                              .product = product,
                              .normalize = normalize,
                              .normalize_gradient = normalize_gradient,
                              .gelu = gelu,
                              .multiply = multiply,
                              .add_rows = add_rows,
                              .cross_entropy = cross_entropy,
                              .attention = attention,
                              .attention_gradient = attention_gradient,
                              .fold = fold,
                              .unfold = unfold,
                              .square_sum = square_sum,
                              .adamw = adamw};
  return &set;
}

}  // namespace seedscape::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace seedscape {

HWY_EXPORT(all_operations);

const std::vector<Operations>& supported_operations() {
  static const std::vector<Operations> sets = [] {
    std::vector<Operations> found;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {  // best first
      choose_instruction_sets(target);
      found.push_back(*HWY_DYNAMIC_DISPATCH(all_operations)());
    }
    choose_instruction_sets(0);
    return found;
  }();
  return sets;
}

std::string highway_version() {
  return std::to_string(HWY_MAJOR) + "." + std::to_string(HWY_MINOR) + "." + std::to_string(HWY_PATCH);
}

std::size_t attention_scratch(std::int64_t T, std::int64_t K) {
  constexpr std::int64_t kMostPadding = 32, kMostQueries = 16, kMostKeys = 32;
  const std::int64_t forward = (K + kMostQueries) * (T + kMostPadding) + T * (K + kMostPadding);
  const std::int64_t backward = 2 * T * (K + kMostPadding) + 2 * T * kMostKeys + 2 * K * kMostKeys + T;
  return static_cast<std::size_t>(std::max(forward, backward));
}

}  // namespace seedscape
#endif
