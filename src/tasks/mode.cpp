// The most frequent number of a list: "$ 4 1 4 7 > 4 .". The list is drawn from five numbers, which may be equal. Where
// several are most frequent, one occurrence of one of them becomes another one of them, the answer.

#include <algorithm>
#include <map>

#include "builtin.h"
#include "sequence_task.h"

namespace seedscape {

namespace {

constexpr std::int64_t kCandidates = 5;

/// The most frequent numbers of a list, ascending.
Numbers most_frequent(const Numbers& list) {
  std::map<Token, std::int64_t> counts;
  for (const Token number : list) ++counts[number];
  std::int64_t most = 0;
  for (const auto& [number, count] : counts) most = std::max(most, count);
  Numbers found;
  for (const auto& [number, count] : counts) {
    if (count == most) found.push_back(number);
  }
  return found;
}

/// Turns a random occurrence of `from` into `to`.
void replace_one(Numbers& list, Token from, Token to, Rng& rng) {
  std::int64_t skipped = rng.between(0, std::ranges::count(list, from) - 1);
  auto place = std::ranges::find(list, from);
  for (; skipped > 0; --skipped) place = std::find(place + 1, list.end(), from);
  *place = to;
}

Sequences draw_mode(std::int64_t count, std::int64_t length, Rng& rng) {
  const Numbers candidates = draw_numbers(count, kCandidates, rng);
  Numbers list = draw_numbers(kCandidates, length, rng);
  for (Token& number : list) number = candidates[static_cast<std::size_t>(number)];

  const Numbers tied = most_frequent(list);
  if (tied.size() == 1) return {list, tied};
  const Numbers two = draw_distinct(static_cast<std::int64_t>(tied.size()), 2, rng);
  const Token loser = tied[static_cast<std::size_t>(two[0])], winner = tied[static_cast<std::size_t>(two[1])];
  replace_one(list, loser, winner, rng);
  return {list, {winner}};
}

}  // namespace

TaskLimits mode_limits(const TaskConfig& config) {
  return {.longest_example = config.train_length.max + 4};  // $ > answer .
}

std::unique_ptr<Task> make_mode(const TaskConfig& config) {
  return make_sequence_task(config, config.vocabulary, mode_limits(config), draw_mode);
}

}  // namespace seedscape
