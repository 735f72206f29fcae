#include "seedscape/base/strict_json.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "seedscape/base/error.h"
#include "seedscape/base/printable.h"

namespace seedscape {

namespace {

constexpr std::size_t kDeepest = 32;

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::corrupt, what); }

/// Puts the parts of a text together as the library reads them.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t&) override { return false; }  // not in a text

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override {
    refuse_twins(*open_.back());
    open_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override {
    open_.pop_back();
    return true;
  }

  bool key(std::string& value) override {
    // Not the object's own insertion, which looks for the key among all others: that is done once at the end.
    static_cast<Json::object_t::Container&>(open_.back()->get_ref<Json::object_t&>()).emplace_back(value, nullptr);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& problem) override {
    refuse("not JSON: " + printable(problem.what()));
  }

 private:
  static void refuse_twins(const Json& object) {
    std::vector<std::string_view> keys;
    for (const auto& item : object.get_ref<const Json::object_t&>()) keys.emplace_back(item.first);
    std::ranges::sort(keys);
    const auto twin = std::ranges::adjacent_find(keys);
    if (twin != keys.end())
      refuse("the key " + printable(Json(std::string(*twin)).dump()) + " stands twice in one object");
  }

  /// Where the next value belongs.
  Json& place() {
    if (open_.empty()) return root_;
    if (open_.back()->is_array()) return open_.back()->get_ref<Json::array_t&>().emplace_back();
    return open_.back()->get_ref<Json::object_t&>().back().second;
  }

  bool add(Json value) {
    place() = std::move(value);
    return true;
  }

  bool open(Json empty) {
    if (open_.size() == kDeepest) refuse("more than " + std::to_string(kDeepest) + " levels of JSON");
    Json& opened = place();
    opened = std::move(empty);
    open_.push_back(&opened);  // stays where it is until it is closed: what it lies in does not grow before
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
};

}  // namespace

nlohmann::ordered_json parse_strict(std::string_view text) {
  // The library would take a NUL for the end of the text and not look at what follows.
  if (text.find('\0') != std::string_view::npos) refuse("not JSON: it holds a NUL byte");
  Builder builder;
  Json::sax_parse(text, &builder);
  return builder.take();
}

const nlohmann::ordered_json& member(const nlohmann::ordered_json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) refuse(std::string("no member \"") + name + "\"");
  return *found;
}

std::string text_member(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_string()) refuse(std::string("\"") + name + "\" is no text");
  return value.get<std::string>();
}

std::uint64_t unsigned_member(const nlohmann::ordered_json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_number_unsigned()) refuse(std::string("\"") + name + "\" is no unsigned 64-bit integer");
  return value.get<std::uint64_t>();
}

std::int64_t count_member(const nlohmann::ordered_json& object, const char* name) {
  const std::uint64_t value = unsigned_member(object, name);
  if (value > std::numeric_limits<std::int64_t>::max()) refuse(std::string("\"") + name + "\" is too large");
  return static_cast<std::int64_t>(value);
}

}  // namespace seedscape
