#include "output_folder.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unistd.h>

#include "seedscape/base/error.h"

namespace seedscape {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& dir, const std::string& why) {
  throw Error(ErrorKind::usage, dir.string() + ": " + why + "; give another result folder with --out");
}

/// Whether `inner` is `outer` or lies below it, links followed.
bool lies_in(const fs::path& inner, const fs::path& outer) {
  std::error_code problem;
  const fs::path below = fs::weakly_canonical(inner, problem), above = fs::weakly_canonical(outer, problem);
  return !problem && std::ranges::mismatch(above, below).in1 == above.end();
}

void refuse_links(const fs::path& dir) {
  std::error_code problem;
  for (fs::recursive_directory_iterator entry(dir, problem); !problem && entry != fs::recursive_directory_iterator();
       entry.increment(problem)) {
    if (entry->is_symlink(problem))
      refuse(dir, "holds a symbolic link, " + entry->path().lexically_relative(dir).string());
  }
  if (problem) throw Error(ErrorKind::io, "cannot read " + dir.string() + ": " + problem.message());
}

}  // namespace

void check_output_folder(const fs::path& dir, const Plan& plan) {
  for (const PlannedCell& cell : plan.cells) {
    const auto& from = cell.cell.train.from;
    if (from && lies_in(dir, *from)) refuse(dir, "lies in the weights to start from, " + *from);
  }
  std::error_code none;
  const fs::file_status status = fs::status(dir, none);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) refuse(dir, "is no folder");
  const bool is_shared = (status.permissions() & fs::perms::others_write) != fs::perms::none;
  const bool is_sticky = (status.permissions() & fs::perms::sticky_bit) != fs::perms::none;
  if (is_shared && !is_sticky) refuse(dir, "can be written by everybody");
  refuse_links(dir);
}

void require_writable(const fs::path& dir) {
  if (::access(dir.c_str(), W_OK | X_OK) == 0) return;
  throw Error(ErrorKind::io, "cannot write to " + dir.string() + ": " + std::generic_category().message(errno));
}

}  // namespace seedscape
