#pragma once
// The command line: every command with its options.

#include <CLI/App.hpp>

#include "seedscape/base/error.h"

namespace seedscape {

/// Adds all commands to `app`. The one that is parsed runs as its callback and leaves its exit code in `result`.
void define_commands(CLI::App& app, ExitCode& result);

}  // namespace seedscape
