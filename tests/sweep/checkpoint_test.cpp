#include "sweep/checkpoint.h"

#include <cmath>
#include <functional>
#include <limits>

#include "seedscape/base/error.h"
#include "seedscape/base/file_io.h"
#include "seedscape/store/paths.h"
#include "support/temp_folder.h"
#include "support/test.h"

using namespace seedscape;

namespace {

Checkpoint two_runs(std::int64_t step) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  return {.step = step,
          .fingerprint = {{"libtorch", "2.11.0"}},
          .mark = {"0123", 4, "89abcdef"},
          .runs = {{.run_id = "aa", .attempt = 2, .loss = 0.1, .wall_s = 1.5, .state = {{1, 2}, {3, 4}, {5, 6}}},
                   {.run_id = "bb",
                    .loss = std::numeric_limits<double>::infinity(),
                    .settled = true,
                    .state = {{7, nan}, {9, 10}, {11, 12}}}}};
}

/// The only file in a folder of checkpoints.
std::filesystem::path only_file(const TempFolder& folder) {
  const auto names = list_folder(paths::checkpoints(folder.path()));
  REQUIRE(names.size() == 1);
  return paths::checkpoints(folder.path()) / names[0];
}

}  // namespace

TEST_CASE("checkpoint: what is written is read back to the bit, the furthest first", "[sweep]") {
  const TempFolder folder;
  CheckpointSeries series(folder.path(), {});
  series.write(two_runs(5));
  series.write(two_runs(20));
  const LoadedCheckpoints loaded = load_checkpoints(folder.path());
  REQUIRE(loaded.good.size() == 2);
  CHECK(loaded.good[0].checkpoint.step == 20);
  const Checkpoint& read = loaded.good[1].checkpoint;
  CHECK(read.step == 5);
  CHECK(read.fingerprint == nlohmann::json{{"libtorch", "2.11.0"}});
  CHECK((read.mark.writer == "0123" && read.mark.seq == 4 && read.mark.crc == "89abcdef"));
  REQUIRE(read.runs.size() == 2);
  CHECK((read.runs[0].run_id == "aa" && read.runs[0].attempt == 2 && read.runs[0].wall_s == 1.5));
  CHECK(read.runs[0].loss == 0.1);
  CHECK_FALSE(read.runs[0].settled);
  CHECK(read.runs[0].state == SeedState{{1, 2}, {3, 4}, {5, 6}});
  CHECK(std::isinf(*read.runs[1].loss));
  CHECK(read.runs[1].settled);
  CHECK(std::isnan(read.runs[1].state.weights[1]));
  CHECK(read.runs[1].state.second_moment == std::vector<float>{11, 12});
}

TEST_CASE("checkpoint: a series keeps its last two files, the ones it goes on from included", "[sweep]") {
  const TempFolder folder;
  CheckpointSeries first(folder.path(), {});
  first.write(two_runs(1));
  const auto earlier = only_file(folder);
  CheckpointSeries second(folder.path(), {earlier});
  second.write(two_runs(2));
  CHECK(file_exists(earlier));
  second.write(two_runs(3));
  CHECK_FALSE(file_exists(earlier));
  CHECK(load_checkpoints(folder.path()).good.size() == 2);
  second.write(two_runs(3));  // the same step once more takes the place of the one before
  CHECK(load_checkpoints(folder.path()).good[1].checkpoint.step == 2);
  second.remove();
  CHECK(list_folder(paths::checkpoints(folder.path())).empty());
}

TEST_CASE("checkpoint: cut at any byte or with any bit flipped it is found to be damaged", "[sweep]") {
  const TempFolder folder;
  CheckpointSeries(folder.path(), {}).write(two_runs(5));
  const auto file = only_file(folder);
  const std::string bytes = read_text(file);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    publish(file, bytes.substr(0, length));
    CAPTURE(length);
    REQUIRE(load_checkpoints(folder.path()).broken == std::vector{file});
  }
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 3) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    publish(file, flipped);
    const LoadedCheckpoints loaded = load_checkpoints(folder.path());
    CAPTURE(bit, bytes.substr(bit / 8 - std::min<std::size_t>(bit / 8, 12), 24));
    REQUIRE(loaded.good.empty());
    REQUIRE(loaded.broken.size() == 1);
  }
}

TEST_CASE("checkpoint: a damaged one is passed over where its writer has a good one", "[sweep]") {
  const TempFolder folder;
  CheckpointSeries series(folder.path(), {});
  series.write(two_runs(1));
  const auto first = only_file(folder);
  series.write(two_runs(2));
  for (const std::string& name : list_folder(paths::checkpoints(folder.path()))) {
    const auto file = paths::checkpoints(folder.path()) / name;
    if (file != first) publish(file, "half a checkp");
  }
  const LoadedCheckpoints loaded = load_checkpoints(folder.path());
  CHECK(loaded.broken.empty());
  REQUIRE(loaded.good.size() == 1);
  CHECK(loaded.good[0].checkpoint.step == 1);
}

TEST_CASE("checkpoint: other files in the folder are none", "[sweep]") {
  const TempFolder folder;
  make_folder(paths::checkpoints(folder.path()));
  publish(paths::checkpoints(folder.path()) / "notes.txt", "mine");
  publish(paths::checkpoints(folder.path()) / "model.safetensors", "mine");
  const LoadedCheckpoints loaded = load_checkpoints(folder.path());
  CHECK(loaded.good.empty());
  CHECK(loaded.broken.empty());
}
