#pragma once
// What is wrong with a config, gathered so that the user sees all of it at once.

#include <compare>
#include <string>
#include <vector>

namespace seedscape {

/// A place in the config file, or in the n-th --set option (then `setting` = n and line = 1). Sorts in reading order.
struct Position {
  int setting = 0;
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const = default;
};

struct Problem {
  Position at;
  std::string key;              // full path, "config" for the file as a whole
  std::string what;             // "is out of range"
  std::string expected;         // "an integer from 1 to 65536"
  std::string got;              // "0"
  std::string suggestion = {};  // "model.width", or empty
};

class Problems {
 public:
  explicit Problems(std::string source_name) : source_name_(std::move(source_name)) {}

  void add(Problem problem) { problems_.push_back(std::move(problem)); }
  bool empty() const { return problems_.empty(); }
  const std::string& source_name() const { return source_name_; }

  /// "a.yaml:8:16", or "--set:2:1".
  std::string place(const Position& at) const;

  /// Throws: Error(usage) with one line a problem, in reading order, each distinct one once, at most 20
  [[noreturn]] void raise() const;

  /// Adds a problem after which reading cannot go on.
  [[noreturn]] void fail(Problem problem);

 private:
  std::string line(const Problem& problem) const;

  std::string source_name_;
  std::vector<Problem> problems_;
};

}  // namespace seedscape
