// Parses the command line, runs one command, turns whatever leaves it into an exit code.

#include <cstdio>
#include <exception>
#include <new>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "app.h"
#include "process.h"
#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"

namespace {

using seedscape::ExitCode;

/// Messages quote what came from outside.
void say(const std::string& message) { std::fprintf(stderr, "%s\n", seedscape::printable_lines(message).c_str()); }

ExitCode run_command(int argc, char** argv) {
  CLI::App app;
  ExitCode result = ExitCode::ok;
  seedscape::define_commands(app, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream help, message;
    const bool is_answer = app.exit(error, help, message) == 0;  // to --help or --version
    std::fputs(help.str().c_str(), stdout);
    std::fputs(seedscape::printable_lines(message.str()).c_str(), stderr);
    if (!is_answer) return ExitCode::usage;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw seedscape::Error(seedscape::ErrorKind::io, "cannot write to standard output");
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  seedscape::prepare_process();
  ExitCode code = ExitCode::internal;
  try {
    code = run_command(argc, argv);
  } catch (const seedscape::Error& error) {
    say(error.what());
    code = seedscape::exit_code(error.kind());
  } catch (const std::bad_alloc&) {
    say("out of memory");
    code = ExitCode::resources;
  } catch (const std::exception& error) {
    say(std::string("internal error: ") + error.what());
  }
  return static_cast<int>(code);
}
