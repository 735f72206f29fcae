#pragma once
// The devices that --device asks for.

#include <string>
#include <vector>

#include "commands.h"

namespace seedscape {

/// See train_devices. Says so on standard error where `auto` becomes the CPU though somebody expects a GPU.
std::vector<std::string> asked_devices(const Options& options);

}  // namespace seedscape
