#pragma once
// Whether a sweep may write where it was told to.

#include <filesystem>

#include "seedscape/store/plan_file.h"

namespace seedscape {

/// Refuses a result folder that would let what is written land elsewhere, or that others could change: one that holds a
/// symbolic link at any depth (the folder itself may be one), that everybody may write to, or that lies in a folder of
/// weights that the sweep reads. A folder that does not exist yet is fine.
///
/// Throws: Error(usage), Error(io) if it cannot be read
void check_output_folder(const std::filesystem::path& dir, const Plan& plan);

/// Throws: Error(io) if nothing can be made in the folder: before hours are spent on what cannot be stored
void require_writable(const std::filesystem::path& dir);

}  // namespace seedscape
