#include "problems.h"

#include <algorithm>

#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

constexpr std::size_t kMostLines = 20;

}  // namespace

std::string Problems::line(const Problem& problem) const {
  const bool in_file = problem.at.setting == 0;
  const std::string source = in_file ? printable(source_name_) : "--set";
  const int row = in_file ? problem.at.line : problem.at.setting;
  std::string text = source + ":" + std::to_string(row) + ":" + std::to_string(problem.at.column) + ": " +
                     printable(problem.key) + ": " + printable(problem.what) + "; expected " + problem.expected +
                     "; got " + printable(problem.got);
  if (!problem.suggestion.empty()) text += " (did you mean " + problem.suggestion + "?)";
  return text;
}

void Problems::raise() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) { return a.at < b.at; });
  std::vector<std::string> lines;
  for (const Problem& problem : sorted) {
    std::string text = line(problem);
    if (std::find(lines.begin(), lines.end(), text) == lines.end()) lines.push_back(std::move(text));
  }
  std::string message;
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) message += (i == 0 ? "" : "\n") + lines[i];
  if (lines.size() > kMostLines) message += "\n... and " + std::to_string(lines.size() - kMostLines) + " more";
  throw Error(ErrorKind::usage, message);
}

void Problems::fail(Problem problem) {
  add(std::move(problem));
  raise();
}

}  // namespace seedscape
