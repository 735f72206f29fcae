#include "problems.h"

#include <algorithm>
#include <set>

#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

constexpr std::size_t kMostLines = 20;

}  // namespace

std::string Problems::place(const Position& at) const {
  const bool in_file = at.setting == 0;
  return (in_file ? printable(source_name_) : "--set") + ":" + std::to_string(in_file ? at.line : at.setting) + ":" +
         std::to_string(at.column);
}

std::string Problems::line(const Problem& problem) const {
  std::string text = place(problem.at) + ": " + printable(problem.key) + ": " + printable(problem.what) +
                     "; expected " + problem.expected + "; got " + printable(problem.got);
  if (!problem.suggestion.empty()) text += " (did you mean " + problem.suggestion + "?)";
  return text;
}

void Problems::raise() const {
  std::vector<Problem> sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) { return a.at < b.at; });
  std::vector<std::string> lines;
  std::set<std::string> known;
  for (const Problem& problem : sorted) {
    std::string text = line(problem);
    if (known.insert(text).second) lines.push_back(std::move(text));
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
