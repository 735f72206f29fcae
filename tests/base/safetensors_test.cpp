#include "seedscape/base/safetensors.h"

#include <cstring>
#include <limits>

#include "seedscape/base/error.h"
#include "support/test.h"

namespace seedscape {

namespace {

const std::vector<StoredTensor> kTensors{{"a", {2, 3}, 0, 6}, {"b", {1}, 6, 1}};
const std::vector<float> kData{1, -2, 0.5F, 3, 4, 5, std::numeric_limits<float>::quiet_NaN()};

/// A file from its parts: the header's text and so many zero bytes.
std::string file_of(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\0');
}

std::string refusal(const std::string& bytes, ErrorKind kind = ErrorKind::corrupt) {
  try {
    parse_safetensors(bytes);
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return "no error";
}

std::string entry(const std::string& shape, const std::string& offsets, const std::string& dtype = "F32") {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

}  // namespace

TEST_CASE("safetensors: what is written is read back, to the bit", "[base]") {
  const std::string bytes = safetensors_bytes(kTensors, kData, {{"format", "pt"}});
  const TensorFile file = parse_safetensors(bytes);
  CHECK(file.tensors == kTensors);
  CHECK(std::memcmp(file.data.data(), kData.data(), sizeof(float) * kData.size()) == 0);
  CHECK(file.metadata.at("format") == "pt");
  CHECK(file.metadata.at("sha256") == file.digest());
}

TEST_CASE("safetensors: a file is a length, a header of a multiple of 8 bytes, and the numbers", "[base]") {
  const std::string bytes = safetensors_bytes({{"x", {2}, 0, 2}}, std::vector<float>{1, 2}, {});
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  CHECK(length % 8 == 0);
  CHECK(bytes.size() == 8 + length + 8);
  // SHA-256 of 00 00 80 3f 00 00 00 40, by sha256sum
  const std::string digest = "b9c80b5adeca450753a16950c3cc655d271f7bef7a485bc83f112b72fef21d37";
  CHECK(bytes.substr(8).starts_with(R"({"__metadata__":{"sha256":")" + digest + R"("},"x":{)"));
  CHECK(bytes.substr(8 + length) == std::string("\0\0\x80\x3f\0\0\0\x40", 8));
}

TEST_CASE("safetensors: entries may stand in any order, their bytes tile the data", "[base]") {
  const TensorFile file = parse_safetensors(
      file_of(R"({"b":)" + entry("[1]", "[24,28]") + R"(,"a":)" + entry("[2,3]", "[0,24]") + "}  ", 28));
  CHECK(file.tensors == kTensors);
  CHECK(file.metadata.empty());
}

TEST_CASE("safetensors: a tensor without numbers is one, whatever its other sizes", "[base]") {
  const TensorFile file = parse_safetensors(file_of(R"({"e":)" + entry("[0,9223372036854775807]", "[0,0]") + "}", 0));
  CHECK(file.tensors == std::vector<StoredTensor>{{"e", {0, std::numeric_limits<std::int64_t>::max()}, 0, 0}});
  CHECK(parse_safetensors(safetensors_bytes(file.tensors, {}, {})).tensors == file.tensors);
}

TEST_CASE("safetensors: every cut and every flipped bit of a file is refused", "[base]") {
  const std::string bytes = safetensors_bytes(kTensors, kData, {{"format", "pt"}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("cut after " << size << " bytes");
    CHECK_THROWS_AS(parse_safetensors(bytes.substr(0, size)), Error);
  }
  CHECK_THROWS_AS(parse_safetensors(bytes + '\0'), Error);
  const std::size_t data = bytes.size() - kData.size() * sizeof(float);
  for (std::size_t bit = data * 8; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    CHECK(refusal(damaged) == "its data do not have their digest");
  }
}

TEST_CASE("safetensors: a damaged header is never more than a refusal", "[base]") {
  const std::string bytes = safetensors_bytes(kTensors, kData, {{"format", "pt"}});
  const std::size_t data = bytes.size() - kData.size() * sizeof(float);
  for (std::size_t bit = 0; bit < data * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    try {
      const TensorFile file = parse_safetensors(damaged);
      CHECK(file.data.size() == kData.size());  // a changed name or metadata text
    } catch (const Error&) {
    }
  }
}

TEST_CASE("safetensors: holes, overlaps and sizes that do not fit are named", "[base]") {
  const auto one = [](const std::string& tensor, std::size_t bytes) {
    return refusal(file_of(R"({"x":)" + tensor + "}", bytes));
  };
  CHECK(one(entry("[2]", "[0,8]"), 8) == "no error");
  CHECK(one(entry("[2]", "[8,16]"), 16) == "tensor x: leaves a hole before byte 8");
  CHECK(one(entry("[2]", "[0,12]"), 12) == "tensor x: its shape needs 8 bytes");
  CHECK(one(entry("[2]", "[0,8]"), 12) == "the tensors end at byte 8 of the data, which has 12");
  CHECK(one(entry("[2]", "[0,8]"), 4) == "the tensors end at byte 8 of the data, which has 4");
  CHECK(one(entry("[4294967296,4294967296]", "[0,0]"), 0) == "tensor x: has a size beyond 64 bits");
  CHECK(one(entry("[4611686018427387904]", "[0,0]"), 0) == "tensor x: has a size beyond 64 bits");
  CHECK(one(entry("[-2]", "[0,8]"), 8) == "tensor x: \"shape\" holds something that is no unsigned integer");
  CHECK(one(entry("[2]", "[0]"), 8) == "tensor x: \"data_offsets\" is no pair");
  CHECK(one(entry("[2]", "[0,8]", "F16"), 8) == "tensor x: dtype F16; this program reads F32");
  CHECK(one(R"({"shape":[2],"data_offsets":[0,8]})", 8) == "tensor x: no member \"dtype\"");
  CHECK(refusal(file_of(R"({"x":)" + entry("[2]", "[0,8]") + R"(,"y":)" + entry("[2]", "[4,12]") + "}", 12)) ==
        "tensor y: overlaps what ends at byte 8");
  CHECK(refusal(file_of(R"({"x":)" + entry("[1]", "[0,4]") + R"(,"x":)" + entry("[1]", "[4,8]") + "}", 8)) ==
        "the key \"x\" stands twice in one object");
  CHECK(refusal(file_of(R"({"__metadata__":{"a":1}})", 0)) == "__metadata__ holds something that is no text");
}

TEST_CASE("safetensors: other files are told apart, pickle by name", "[base]") {
  const std::string pickle = "a pickle or zip archive, not safetensors; this program never loads pickle";
  CHECK(refusal("PK\x03\x04 and so on", ErrorKind::usage) == pickle);
  CHECK(refusal("\x80\x02}q", ErrorKind::usage) == pickle);
  CHECK(refusal("") == "not safetensors: shorter than 8 bytes");
  CHECK(refusal("a text file that is long enough").starts_with("not safetensors: a header of "));
  CHECK(refusal(file_of("[1]", 0)) == "not safetensors: the header does not begin with {");
  CHECK(refusal(file_of("{", 0)).starts_with("not JSON"));
}

}  // namespace seedscape
