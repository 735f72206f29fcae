#pragma once
// Runs the program itself and collects what it says.

#include <cstdlib>
#include <filesystem>
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

/// A child process of the program, its output in files.
class Child {
 public:
  Child(const std::filesystem::path& folder, const std::vector<std::string>& arguments)
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

}  // namespace seedscape
