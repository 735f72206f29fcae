#pragma once
// Which devices a name stands for.

#include <cstddef>
#include <string>
#include <vector>

namespace seedscape {

/// "cpu", or "cuda:N" for each GPU that `asked` stands for on a machine with so many: cpu, cuda (every GPU), cuda:N,
/// cuda:N,M,... (in that order), auto (every GPU, without any the CPU).
///
/// Throws: Error(resources) with the devices there are, and why there are no GPUs; Error(usage) if one is named twice
std::vector<std::string> resolve_devices(const std::string& asked, std::size_t gpus,
                                         const std::string& no_gpus_because = "");

}  // namespace seedscape
