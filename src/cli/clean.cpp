// clean: removes what can be made again.

#include <cstdio>
#include <vector>

#include "commands.h"
#include "seedscape/base/file_io.h"
#include "seedscape/base/printable.h"
#include "seedscape/store/paths.h"
#include "seedscape/store/plan_file.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;

/// Throws: Error(in_use) while a process of this machine trains into the folder
void check_unused(const fs::path& dir) {
  for (const std::string& name : list_folder(paths::claims(dir))) {
    const LockFile lock(paths::claims(dir) / name, "nobody");
    if (lock.other_holder()) {
      throw Error(ErrorKind::in_use, dir.string() + ": in use by " + printable(*lock.other_holder()));
    }
  }
}

/// Removes a folder with all that is in it.
void free_folder(const fs::path& folder) {
  std::uintmax_t bytes = 0, files = 0;
  if (file_exists(folder)) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      bytes += entry.file_size();
      ++files;
    }
    fs::remove_all(folder);
  }
  std::printf("%s: %ju files, %.1f MB\n", folder.c_str(), files, static_cast<double>(bytes) / 1e6);
}

}  // namespace

ExitCode clean_command(const Options& options) {
  if (!options.clean_weights && !options.clean_checkpoints) {
    throw Error(ErrorKind::usage, "clean: nothing to remove; expected --weights, --checkpoints or both");
  }
  read_plan(options.dir);  // nothing is removed from a folder that is not ours
  check_unused(options.dir);
  try {
    if (options.clean_weights) free_folder(paths::weights(options.dir));
    if (options.clean_checkpoints) free_folder(paths::checkpoints(options.dir));
  } catch (const fs::filesystem_error& problem) {
    throw Error(ErrorKind::io, printable(problem.what()));
  }
  return ExitCode::ok;
}

}  // namespace seedscape
