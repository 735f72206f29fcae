#include "seedscape/base/hash.h"

#include <string>
#include <vector>

#include "support/test.h"

namespace seedscape {

TEST_CASE("hash: sha256 gives the digests of FIPS 180-4's examples", "[base]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("hash: sha256 pads texts that just fit a block and just do not", "[base]") {
  // Digests of Python's hashlib. 55 bytes leave room for the length in the same block, 56 and 63 do not, 64 fill it.
  CHECK(sha256_hex(std::string(55, 'a')) == "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
  CHECK(sha256_hex(std::string(56, 'a')) == "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
  CHECK(sha256_hex(std::string(63, 'a')) == "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
  CHECK(sha256_hex(std::string(64, 'a')) == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

TEST_CASE("hash: the digest of floats is that of their little-endian bytes", "[base]") {
  const std::vector<float> values{1.0f, -0.0f};
  CHECK(sha256_hex(values) == sha256_hex(std::string_view("\0\0\x80\x3f\0\0\0\x80", 8)));
  CHECK(sha256_hex(std::vector<float>{}) == sha256_hex(""));
}

TEST_CASE("hash: crc32 gives zlib's values", "[base]") {
  CHECK(crc32("") == 0);
  CHECK(crc32("123456789") == 0xcbf43926);
  CHECK(crc32(std::string_view("\0\xff\x80", 3)) == 0x81dda740);
  CHECK(crc32("The quick brown fox jumps over the lazy dog") == 0x414fa339);
  CHECK(crc32(std::string(1000, '\xff')) == 0xe0533230);
}

}  // namespace seedscape
