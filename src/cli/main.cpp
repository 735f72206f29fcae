// Parses the command line, runs one command, turns whatever leaves it into an exit code.

#include <cstdio>
#include <exception>
#include <new>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "app.h"
#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"

namespace {

using seedscape::ExitCode;

ExitCode run_command(int argc, char** argv) {
  CLI::App app;
  ExitCode result = ExitCode::ok;
  seedscape::define_commands(app, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::ok : ExitCode::usage;
  }
  if (std::fflush(stdout) != 0) throw seedscape::Error(seedscape::ErrorKind::io, "cannot write to standard output");
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  ExitCode code = ExitCode::internal;
  try {
    code = run_command(argc, argv);
  } catch (const seedscape::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    code = seedscape::exit_code(error.kind());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "out of memory\n");
    code = ExitCode::resources;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "internal error: %s\n", seedscape::printable(error.what()).c_str());
  }
  return static_cast<int>(code);
}
