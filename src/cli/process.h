#pragma once
// What the process is before any command runs.

namespace seedscape {

/// Makes failing writes errors instead of signals (SIGPIPE, SIGXFSZ), and holds the places of standard streams that the
/// caller closed: a file that is opened later must not get the number of standard output, where results are printed.
///
/// Edge: writing to a stream that was closed fails, as it did
void prepare_process();

}  // namespace seedscape
