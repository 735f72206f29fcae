#include "number_vocabulary.h"

namespace seedscape {

Vocabulary number_vocabulary(std::int64_t count) {
  Vocabulary vocabulary;
  vocabulary.text.reserve(static_cast<std::size_t>(count + 4));
  for (std::int64_t i = 0; i < count; ++i) vocabulary.text.push_back(std::to_string(i));
  vocabulary.text.insert(vocabulary.text.end(), {"$", ">", ".", "*"});
  vocabulary.begin = static_cast<std::int32_t>(count);
  vocabulary.arrow = vocabulary.begin + 1;
  vocabulary.end = vocabulary.begin + 2;
  vocabulary.padding = vocabulary.begin + 3;
  return vocabulary;
}

}  // namespace seedscape
