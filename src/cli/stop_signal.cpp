#include "stop_signal.h"

#include <initializer_list>
#include <signal.h>
#include <unistd.h>

namespace seedscape {

namespace {

std::atomic<bool> stop_requested{false};  // a handler can reach nothing but static storage
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_stop_signal(int number) {
  if (stop_requested.exchange(true)) _exit(128 + number);
}

}  // namespace

const std::atomic<bool>& install_stop_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) sigaction(number, &action, nullptr);
  return stop_requested;
}

}  // namespace seedscape
