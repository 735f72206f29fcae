#pragma once
// The safetensors format: named fp32 tensors behind a JSON header, with a digest of their bytes.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace seedscape {

/// A tensor's name, its shape, and its place (in numbers) in the data of its file.
struct StoredTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;
  std::int64_t size = 0;
  bool operator==(const StoredTensor&) const = default;
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<StoredTensor> tensors;  // by offset, back to back
  std::vector<float> data;

  /// SHA-256 of the data, as the member "sha256" of the metadata gives it.
  std::string digest() const;
};

/// The bytes of a file that holds `tensors`; the digest of the data is added to the metadata.
///
/// Requires: tensors that tile `data` in order
std::string safetensors_bytes(const std::vector<StoredTensor>& tensors, std::span<const float> data,
                              std::map<std::string, std::string> metadata);

/// Reads the bytes of a file made here or elsewhere. Everything is checked before a number is used: the header's
/// length, no name twice, F32 only, sizes without overflow, tensors that tile the data without hole or overlap, the
/// file's end, and the digest where the metadata has one ("sha256").
///
/// Throws: Error(corrupt) for what is damaged or not of this kind,
///         Error(usage) for a pickle or zip archive, which is never loaded: reading one can run code
/// Source: github.com/huggingface/safetensors, README (format)
TensorFile parse_safetensors(std::string_view bytes);

}  // namespace seedscape
