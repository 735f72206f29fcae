// A log of runs: as it is, and as one line whose checksum is right, so that what lies behind it is reached too.

#include <algorithm>

#include "fuzz/fuzz.h"
#include "store/merge_logs.h"
#include "store/run_log.h"

namespace {

using namespace seedscape;

void read(const std::string& text) {
  std::size_t at = 0;
  const RunLog log = read_run_log(
      [&](char* to, std::size_t count) {
        const std::size_t taken = std::min(count, text.size() - at);
        std::copy_n(text.data() + at, taken, to);
        at += taken;
        return taken;
      },
      "fuzz");
  merge_logs({log, log});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  refuse_or_read(data, size, [](std::string_view bytes) { read(std::string(bytes)); });
  return refuse_or_read(data, size, [](std::string_view bytes) {
    const LogLine header = sealed_line(0, kNoLine, header_members("w", {}));
    read(header.text + sealed_text(R"({"seq":1,"prev":")" + header.crc + "\"," + std::string(bytes)).text);
  });
}
