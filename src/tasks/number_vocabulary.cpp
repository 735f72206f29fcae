#include "number_vocabulary.h"

#include <utility>

namespace seedscape {

Vocabulary marked_vocabulary(std::vector<std::string> words) {
  Vocabulary vocabulary;
  vocabulary.begin = static_cast<std::int32_t>(words.size());
  vocabulary.arrow = vocabulary.begin + 1;
  vocabulary.end = vocabulary.begin + 2;
  vocabulary.padding = vocabulary.begin + 3;
  vocabulary.text = std::move(words);
  vocabulary.text.insert(vocabulary.text.end(), {"$", ">", ".", "*"});
  return vocabulary;
}

Vocabulary number_vocabulary(std::int64_t count) {
  std::vector<std::string> numbers;
  numbers.reserve(static_cast<std::size_t>(count + 4));  // and the marks
  for (std::int64_t i = 0; i < count; ++i) numbers.push_back(std::to_string(i));
  return marked_vocabulary(std::move(numbers));
}

}  // namespace seedscape
