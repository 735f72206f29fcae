#include <nlohmann/json.hpp>

#include "readers.h"

namespace seedscape {

namespace {

/// Keeps nothing of what it is given but the first problem.
class Grammar : public nlohmann::json_sax<nlohmann::json> {
 public:
  Grammar(std::string_view text, Problems& problems) : text_(text), problems_(problems) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }

  /// `read`: bytes up to the end of what is wrong.
  bool parse_error(std::size_t read, const std::string& token, const nlohmann::json::exception& error) override {
    if (dynamic_cast<const nlohmann::json::out_of_range*>(&error) != nullptr) {  // which no error of grammar is
      const Position at = position_at(text_, read - std::min(read, token.size()));
      problems_.fail({at, "config", "holds a number too large for a double", "at most 1.8e308", token});
    }
    const std::size_t offset = read == 0 ? 0 : read - 1;
    problems_.fail(
        {position_at(text_, offset), "config", "is not valid JSON", "well-formed JSON", rest_of_line(text_, offset)});
  }

 private:
  std::string_view text_;
  Problems& problems_;
};

}  // namespace

/// JSON is YAML but for its stricter grammar: nlohmann checks that, the YAML reader builds the tree.
Node read_json(std::string_view text, Problems& problems) {
  Grammar grammar(text, problems);
  nlohmann::json::sax_parse(text, &grammar);
  return read_yaml(text, {}, problems);
}

}  // namespace seedscape
