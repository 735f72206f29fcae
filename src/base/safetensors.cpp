#include "seedscape/base/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "seedscape/base/error.h"
#include "seedscape/base/hash.h"
#include "seedscape/base/printable.h"
#include "seedscape/base/strict_json.h"

namespace seedscape {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little endian");

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kLengthBytes = 8;          // of the number in front of the header
constexpr std::uint64_t kLongestHeader = 4 << 20;  // bytes; a model of 1024 layers needs 1.5 million
constexpr const char* kMetadata = "__metadata__";
constexpr const char* kDigest = "sha256";

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::corrupt, what); }

std::uint64_t checked_product(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) refuse("has a size beyond 64 bits");
  return a * b;
}

std::uint64_t unsigned_value(const Json& value, const char* what) {
  if (!value.is_number_unsigned()) refuse(std::string(what) + " holds something that is no unsigned integer");
  return value.get<std::uint64_t>();
}

const Json& list_member(const Json& object, const char* name) {
  const Json& list = member(object, name);
  if (!list.is_array()) refuse(std::string("\"") + name + "\" is no list");
  return list;
}

/// A header entry, whose bytes must begin at `next`; moves `next` to their end.
StoredTensor read_entry(const std::string& name, const Json& entry, std::uint64_t& next) {
  if (text_member(entry, "dtype") != "F32") {
    refuse("dtype " + printable(text_member(entry, "dtype")) + "; this program reads F32");
  }
  StoredTensor tensor{.name = name, .shape = {}};
  std::uint64_t numbers = 1;
  for (const Json& dim : list_member(entry, "shape")) {
    const std::uint64_t size = unsigned_value(dim, "\"shape\"");
    numbers = checked_product(numbers, size);
    if (size > std::numeric_limits<std::int64_t>::max()) refuse("has a size beyond 63 bits");
    tensor.shape.push_back(static_cast<std::int64_t>(size));
  }
  const std::uint64_t bytes = checked_product(numbers, sizeof(float));
  const Json& offsets = list_member(entry, "data_offsets");
  if (offsets.size() != 2) refuse("\"data_offsets\" is no pair");
  const std::uint64_t begin = unsigned_value(offsets[0], "\"data_offsets\"");
  const std::uint64_t end = unsigned_value(offsets[1], "\"data_offsets\"");
  if (begin != next) {
    refuse((begin > next ? "leaves a hole before byte " : "overlaps what ends at byte ") +
           std::to_string(begin > next ? begin : next));
  }
  if (end < begin || end - begin != bytes) refuse("its shape needs " + std::to_string(bytes) + " bytes");
  tensor.offset = static_cast<std::int64_t>(begin / sizeof(float));
  tensor.size = static_cast<std::int64_t>(numbers);
  next = end;
  return tensor;
}

std::uint64_t first_byte(const Json& entry) {
  const Json& offsets = list_member(entry, "data_offsets");
  return offsets.empty() ? 0 : unsigned_value(offsets[0], "\"data_offsets\"");
}

void read_metadata(const Json& object, TensorFile& file) {
  if (!object.is_object()) refuse("__metadata__ is no object");
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) refuse("__metadata__ holds something that is no text");
    file.metadata[key] = value.get<std::string>();
  }
}

/// The header's text; an archive of another kind gets a message of its own.
std::string_view header_text(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("\x80\x02") || bytes.starts_with("\x80\x04")) {
    throw Error(ErrorKind::usage, "a pickle or zip archive, not safetensors; this program never loads pickle");
  }
  if (bytes.size() < kLengthBytes) refuse("not safetensors: shorter than 8 bytes");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kLongestHeader || length > bytes.size() - kLengthBytes) {
    refuse("not safetensors: a header of " + std::to_string(length) + " bytes");
  }
  const std::string_view text = bytes.substr(kLengthBytes, static_cast<std::size_t>(length));
  if (!text.starts_with('{')) refuse("not safetensors: the header does not begin with {");
  return text;
}

}  // namespace

std::string TensorFile::digest() const { return sha256_hex(std::span(data)); }

std::string safetensors_bytes(const std::vector<StoredTensor>& tensors, std::span<const float> data,
                              std::map<std::string, std::string> metadata) {
  metadata[kDigest] = sha256_hex(data);
  Json header{{kMetadata, metadata}};
  for (const StoredTensor& tensor : tensors) {
    const std::int64_t begin = tensor.offset * 4, end = begin + tensor.size * 4;
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data are aligned
  const std::uint64_t length = text.size();
  std::string bytes(kLengthBytes + text.size() + data.size_bytes(), '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  std::memcpy(bytes.data() + kLengthBytes, text.data(), text.size());
  if (!data.empty()) std::memcpy(bytes.data() + kLengthBytes + text.size(), data.data(), data.size_bytes());
  return bytes;
}

TensorFile parse_safetensors(std::string_view bytes) {
  const std::string_view text = header_text(bytes), data = bytes.substr(kLengthBytes + text.size());
  const Json header = parse_strict(text);

  TensorFile file;
  std::vector<std::pair<std::uint64_t, std::string>> order;  // first byte, name
  for (const auto& item : header.items()) {
    if (item.key() == kMetadata) {
      read_metadata(item.value(), file);
    } else {
      const std::uint64_t begin =
          with_context("tensor " + printable(item.key()), [&] { return first_byte(item.value()); });
      order.emplace_back(begin, item.key());
    }
  }
  std::ranges::stable_sort(order, {}, [](const auto& place) { return place.first; });
  std::uint64_t next = 0;
  for (const auto& place : order) {
    with_context("tensor " + printable(place.second),
                 [&] { file.tensors.push_back(read_entry(place.second, header.at(place.second), next)); });
  }
  if (next != data.size()) {
    refuse("the tensors end at byte " + std::to_string(next) + " of the data, which has " +
           std::to_string(data.size()));
  }
  file.data.resize(data.size() / sizeof(float));
  if (!data.empty()) std::memcpy(file.data.data(), data.data(), data.size());
  const auto digest = file.metadata.find(kDigest);
  if (digest != file.metadata.end() && digest->second != file.digest()) refuse("its data do not have their digest");
  return file;
}

}  // namespace seedscape
