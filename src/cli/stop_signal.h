#pragma once
// Signals that ask the program to stop.

#include <atomic>

namespace seedscape {

/// From now on the first SIGINT, SIGTERM, SIGHUP, SIGUSR1 or SIGUSR2 sets the returned flag; the second ends the
/// process at once with 128 + its number.
const std::atomic<bool>& install_stop_signals();

}  // namespace seedscape
