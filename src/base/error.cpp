#include "seedscape/base/error.h"

namespace seedscape {

ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::corrupt:
      return ExitCode::corrupt;
    case ErrorKind::io:
      return ExitCode::io;
    case ErrorKind::in_use:
      return ExitCode::in_use;
    case ErrorKind::resources:
      return ExitCode::resources;
    case ErrorKind::other_software:
      return ExitCode::other_software;
    case ErrorKind::different_bits:
      return ExitCode::different_bits;
    case ErrorKind::internal:
      return ExitCode::internal;
  }
  return ExitCode::internal;
}

}  // namespace seedscape
