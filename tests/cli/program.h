#pragma once
// Runs the program itself and collects what it says.

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "seedscape/base/file_io.h"
#include "support/temp_folder.h"

namespace seedscape {

struct Answer {
  int code = 0;  // exit code, or 128 + signal
  std::string out, err;
};

/// A child process of the program, its output in files. `prepare` runs in it before the program does.
class Child {
 public:
  Child(
      const std::filesystem::path& folder, const std::vector<std::string>& arguments,
      const std::function<void()>& prepare = [] {})
      : out_(folder / unique_name()), err_(folder / unique_name()) {
    std::vector<std::string> words{SEEDSCAPE_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      const bool ready = chdir(folder.c_str()) == 0 && freopen(out_.c_str(), "w", stdout) != nullptr &&
                         freopen(err_.c_str(), "w", stderr) != nullptr;
      if (ready) prepare();
      if (ready) execv(argv[0], argv.data());
      _exit(127);
    }
  }

  pid_t pid() const { return pid_; }

  Answer wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    const Answer answer{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(out_),
                        read_text(err_)};
    std::filesystem::remove(out_);
    std::filesystem::remove(err_);
    return answer;
  }

 private:
  std::filesystem::path out_, err_;
  pid_t pid_;
};

/// Runs the program in `folder` and waits for it.
inline Answer seedscape(const TempFolder& folder, const std::vector<std::string>& arguments) {
  return Child(folder.path(), arguments).wait();
}

inline std::string config_path(const std::string& name) {
  return std::string(SEEDSCAPE_SOURCE_DIR) + "/configs/" + name;
}

/// results.csv without the columns that a clock decides.
inline std::string timeless(const std::string& csv) {
  std::string kept;
  std::size_t start = 0;
  while (start < csv.size()) {
    const std::size_t end = csv.find('\n', start);
    std::string line = csv.substr(start, end - start);
    const std::size_t device = line.rfind(',');
    kept += line.substr(0, line.rfind(',', device - 1)) + line.substr(device) + "\n";
    start = end + 1;
  }
  return kept;
}

}  // namespace seedscape
