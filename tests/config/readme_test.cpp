#include <filesystem>
#include <regex>

#include "seedscape/base/file_io.h"
#include "seedscape/config/load.h"
#include "support/test.h"

using namespace seedscape;

namespace {
const std::filesystem::path kRoot = SEEDSCAPE_SOURCE_DIR;
}

TEST_CASE("readme: its option table is that of the field table (renew: scripts/seedscape schema --table)", "[config]") {
  const std::string readme = read_text(kRoot / "README.md");
  const std::string begin = "<!-- option table: scripts/seedscape schema --table -->\n",
                    end = "<!-- end of option table -->";
  const std::size_t start = readme.find(begin), stop = readme.find(end);
  REQUIRE(start != std::string::npos);
  REQUIRE(stop != std::string::npos);
  CHECK(readme.substr(start + begin.size(), stop - start - begin.size()) == option_table());
}

TEST_CASE("readme: every file that it names exists", "[config]") {
  const std::string readme = read_text(kRoot / "README.md");
  const std::regex name("(src|configs|scripts|tests)/[A-Za-z0-9_/.-]*[A-Za-z0-9_]");
  int names = 0;
  for (std::sregex_iterator match(readme.begin(), readme.end(), name), none; match != none; ++match) {
    INFO(match->str());
    CHECK(std::filesystem::exists(kRoot / match->str()));
    ++names;
  }
  CHECK(names > 20);
}
