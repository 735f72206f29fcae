#pragma once
// Catch2 for tests that use Torch, whose CHECK macro (it aborts) would replace Catch2's: Torch comes first and gives it
// up.

#include <torch/torch.h>
#undef CHECK

#include "support/test.h"
